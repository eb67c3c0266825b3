import { isLlamaAgentError } from "@llamaagent/client";
import { type Environment, isAppError } from "@llamaagent/core";
import type { CliContext } from "./cli-context.ts";
import { CliError, EXIT, type ExitCode } from "./cli-error.ts";
import { causeOf } from "./doctor/check.ts";
import { noteProblem } from "./output/note-problem.ts";
import { createTerminal, type Terminal } from "./terminal.ts";

/**
 * Ctrl-C reaches all processes of a terminal, and those above pass theirs on: npm, and the process of an
 * older Node that started this one. What comes within this time of the first is the same wish.
 */
const ONE_WISH_MS = 1_000;

/** What every entry of this app does around its work: signals, errors in words, the exit code. */
export async function runMain(
  env: Environment,
  work: (context: CliContext) => Promise<ExitCode>,
): Promise<void> {
  const terminal = createTerminal(process.stdout, process.stderr);
  const stopping = new AbortController();
  let stoppedBy: NodeJS.Signals | undefined;
  let stoppedAt = 0;
  const stop = (name: NodeJS.Signals): void => {
    if (stoppedBy) {
      // The second time, whoever asks does not want to wait any longer.
      if (performance.now() - stoppedAt >= ONE_WISH_MS) process.exit(EXIT.interrupted);
      return;
    }
    stoppedBy = name;
    stoppedAt = performance.now();
    if (name === "SIGINT")
      setTimeout(() => terminal.note("Ctrl-C again stops at once\n"), ONE_WISH_MS).unref();
    stopping.abort();
  };
  for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, () => stop(name));
  // The process that a supervisor knows may be one of an older Node that started this one. Where that was
  // told to stop before it died, this one is stopping, and is not in a hurry.
  process.on("disconnect", () => {
    if (!stoppedBy) stop("SIGTERM");
  });
  process.channel?.unref();
  try {
    process.exitCode = await work({ env, terminal, signal: stopping.signal });
  } catch (error) {
    // What the signal cut off is no fault; what was told to stop and could not is one.
    if (!stoppedBy || error instanceof CliError) process.exitCode = report(error, terminal);
    else process.exitCode = stoppedBy === "SIGINT" ? EXIT.interrupted : EXIT.failed;
  }
  // Told to stop, we are gone: a connection that does not close must not hold the process.
  if (stoppedBy) process.exit();
}

const DOCTOR = "What is wrong with a set-up is said by: npx llamaagent doctor\n";

/** Postgres's own errors carry a SQLSTATE: a password that is wrong, a right that is missing. */
const isRefusal = (error: unknown): error is Error & { code: string } =>
  error instanceof Error &&
  "code" in error &&
  typeof error.code === "string" &&
  /^[0-9A-Z]{5}$/.test(error.code);

function report(error: unknown, terminal: Terminal): ExitCode {
  const { note } = terminal;
  if (error instanceof CliError) {
    note(`${error.message}\n`, "red");
    return error.exitCode;
  }
  if (isLlamaAgentError(error)) {
    noteProblem(terminal, error);
    if (error.code === "connection_failed")
      note("Is the server running? Start one with: npm start\n");
    return EXIT.failed;
  }
  if (isAppError(error)) {
    note(`${error.code}:\n${error.message.replaceAll(/^/gm, "  ")}\n`, "red");
    if (error.code === "service_unavailable") {
      const cause = causeOf(error);
      if (cause !== undefined) note(`  ${cause}\n`);
      note(DOCTOR);
    }
    return EXIT.failed;
  }
  if (isRefusal(error)) {
    note(`The database refuses: ${error.message} (${error.code})\n`, "red");
    note(DOCTOR);
    return EXIT.failed;
  }
  throw error;
}
