import { type ChildProcess, fork } from "node:child_process";
import { writeFileSync } from "node:fs";
import { constants, setPriority } from "node:os";
import type { Environment } from "@llamaagent/core";
import { WATCHDOG_EXIT } from "../watchdog/watchdog-exit.ts";
import { childMemory } from "./child-memory.ts";
import type { FromChild, ToChild } from "./messages.ts";

/** How a process for one run is started: a script that calls `executeQuarantined`. */
export interface ChildEntry {
  script: string;
  args: readonly string[];
  env: Environment;
  directory: string;
}

/** A process that executes one run. */
export interface Child {
  /** Undefined where it could not be started. */
  pid: number | undefined;
  /** False where it ended before it could take a run. */
  ready: Promise<boolean>;
  /** What comes after its end is lost. */
  send(message: ToChild): void;
  /** `settled`: it ended its work, not only itself. `how`: exit code or signal, for the log. */
  ended: Promise<{ settled: boolean; how: string }>;
  kill(): void;
}

/** After `settled`, which is its last word. */
const EXIT_MS = 5_000;

/** Never throws: of a process that could not be started, `ended` says why. */
export function startChild(entry: ChildEntry): Child {
  let child: ChildProcess;
  try {
    child = forkChild(entry);
  } catch (error) {
    // Some failures fork throws instead of emitting them: no memory (ENOMEM), too long an environment (E2BIG).
    return notStarted(error);
  }
  if (child.pid !== undefined) stepBack(child.pid);
  const ready = Promise.withResolvers<boolean>();
  const ended = Promise.withResolvers<{ settled: boolean; how: string }>();
  let settled = false;
  const end = (how: string): void => {
    ready.resolve(false);
    ended.resolve({ settled, how });
  };
  // A tool may send what it likes: libraries tell whoever forked them that they are ready.
  child.on("message", (message: Partial<FromChild> | null) => {
    if (message?.kind === "ready") ready.resolve(true);
    if (message?.kind !== "settled") return;
    settled = true;
    setTimeout(() => child.kill("SIGKILL"), EXIT_MS).unref();
  });
  // It could not be started; of one that runs, a message could not be sent.
  child.on("error", (error) => {
    if (child.pid === undefined) end(error.message);
  });
  child.on("exit", (code, signal) => end(describeEnd(code, signal)));
  return {
    pid: child.pid,
    ready: ready.promise,
    send: (message) => void (child.connected && child.send(message)),
    ended: ended.promise,
    kill: () => void child.kill("SIGKILL"),
  };
}

function forkChild({ script, args, env, directory }: ChildEntry): ChildProcess {
  return fork(script, args, {
    cwd: directory,
    env: { ...env },
    execArgv: [...ownOptions(), `--max-old-space-size=${childMemory().heapMebibytes}`],
    // Dates and undefined fields pass as they are.
    serialization: "advanced",
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    // Ctrl-C in a terminal is for the worker alone, which lets the step end first.
    detached: true,
  });
}

function notStarted(error: unknown): Child {
  return {
    pid: undefined,
    ready: Promise.resolve(false),
    send: () => {},
    ended: Promise.resolve({ settled: false, how: String(error) }),
    kill: () => {},
  };
}

/**
 * Where there is not enough for all, it is the others': of the processor a tenth of their share goes
 * here (nice 10), and the kernel that is out of memory ends this process first.
 */
function stepBack(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
    writeFileSync(`/proc/${pid}/oom_score_adj`, "1000");
  } catch {
    // It has ended already, or this is no Linux, where the kernel is not told.
  }
}

/** Two processes cannot listen on one debugger's port. */
function ownOptions(): string[] {
  return process.execArgv.filter((option) => !option.startsWith("--inspect"));
}

function describeEnd(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal !== null) return signal;
  const why = Object.entries(WATCHDOG_EXIT).find(([, exitCode]) => exitCode === code)?.[0];
  return `exit code ${code}${why === undefined ? "" : ` (${why})`}`;
}
