import { isTerminalEvent, type RunEvent } from "@llamaagent/client";
import type { CliContext } from "../cli-context.ts";
import { EXIT, type ExitCode } from "../cli-error.ts";
import { clientOf } from "../client-settings.ts";
import { runExitCode } from "../run-exit-code.ts";
import { noteReconnect } from "../output/note-reconnect.ts";
import { oneLine } from "../terminal.ts";
import { waitsForPerson } from "../unsettled-steps.ts";

/** Prints the events of a run, one a line, to its end, or to where it waits for a person. */
export async function runsTailCommand(
  { env, terminal, signal }: CliContext,
  runId: string,
  options: { after?: string; json?: boolean },
): Promise<ExitCode> {
  const { client } = clientOf(env);
  const { runs } = client;
  const events = runs.stream(runId, {
    after: options.after,
    signal,
    onReconnect: noteReconnect(terminal),
  });
  for await (const event of events) {
    terminal.out(options.json ? `${JSON.stringify(event)}\n` : eventLine(event));
    if (isTerminalEvent(event)) return runExitCode(event);
    if (await waitsForPerson({ client, terminal, signal }, event)) return EXIT.waiting;
  }
  // The position given was the run's last event.
  const { status } = await runs.get(runId, { signal });
  return status === "success" ? EXIT.done : EXIT.failed;
}

function eventLine({ id, type, data }: RunEvent): string {
  const { run_id: _, at, ...fields } = data;
  return `${at} ${id.padEnd(6)} ${type.padEnd(20)} ${oneLine(JSON.stringify(fields), 300)}\n`;
}
