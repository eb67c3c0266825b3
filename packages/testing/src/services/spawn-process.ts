import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { whenWeDie } from "./watchdog.ts";

export interface SpawnOptions {
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  uid?: number;
  gid?: number;
  /** A process group of its own, as a shell starts it in a terminal: `kill` reaches all of it. */
  detached?: boolean;
}

export interface SpawnedProcess {
  pid: number;
  /** Lines of standard output and error in order of arrival, the last 10,000. */
  lines: readonly string[];
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Resolves when the process is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** The first line that matches, already printed or to come; rejects with the output at the end. */
  waitFor(pattern: RegExp, options?: { timeoutSeconds?: number }): Promise<RegExpExecArray>;
}

const MAX_LINES = 10_000;

/** A real process that never outlives this one, not even after `kill -9` of a test runner. */
export async function spawnProcess(
  command: string,
  args: readonly string[],
  options: SpawnOptions = {},
): Promise<SpawnedProcess> {
  const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", reject);
  });
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${command} has no process id`);
  const target = options.detached ? -pid : pid;
  void exited.then(whenWeDie('kill -9 "$1"', [String(target)]));

  const output = collectLines(child);
  return {
    pid,
    lines: output.lines,
    exited,
    async kill(signal = "SIGKILL") {
      if (child.exitCode === null && child.signalCode === null) process.kill(target, signal);
      await exited;
    },
    async waitFor(pattern, { timeoutSeconds = 30 } = {}) {
      const end = new AbortController();
      const gaveUp = Promise.race([
        exited.then(({ code, signal }) => `ended (${signal ?? code})`),
        sleep(timeoutSeconds * 1000, `${timeoutSeconds} s passed`, { signal: end.signal }),
      ]);
      try {
        const found = await output.find(pattern, gaveUp);
        if (typeof found !== "string") return found;
        throw new Error(
          `${command}: ${found} before ${pattern}\n${output.lines.slice(-40).join("\n")}`,
        );
      } finally {
        end.abort();
        gaveUp.catch(() => {}); // the aborted timer
      }
    },
  };
}

function collectLines(child: ChildProcess) {
  const lines: string[] = [];
  const listeners = new Set<(line: string) => void>();
  for (const input of [child.stdout, child.stderr]) {
    if (!input) continue;
    createInterface({ input }).on("line", (line) => {
      lines.push(line);
      if (lines.length > MAX_LINES) lines.shift();
      for (const listener of listeners) listener(line);
    });
  }
  return {
    lines,
    /** The match, or what `gaveUp` says. */
    async find(pattern: RegExp, gaveUp: Promise<string>): Promise<RegExpExecArray | string> {
      for (const line of lines) {
        const match = pattern.exec(line);
        if (match) return match;
      }
      let listener: (line: string) => void = () => {};
      const found = new Promise<RegExpExecArray>((resolve) => {
        listener = (line) => {
          const match = pattern.exec(line);
          if (match) resolve(match);
        };
        listeners.add(listener);
      });
      return Promise.race([found, gaveUp]).finally(() => listeners.delete(listener));
    },
  };
}
