import { readdirSync, readFileSync } from "node:fs";

/** Linux counts in hundredths of a second, whatever its own timer does (USER_HZ, proc_pid_stat(5)). */
const MICROSECONDS_PER_TICK = 10_000;

interface ProcessTimes {
  parent: number;
  /** User and system time of the process, and of its children that have ended. */
  microseconds: number;
}

/**
 * User and system time that these processes and all their descendants have used so far, in
 * microseconds: with the id of Postgres's first process, all its backends. What an ended child used is
 * in its parent's figure.
 */
export function cpuMicroseconds(pids: readonly number[]): number {
  const all = new Map<number, ProcessTimes>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const times = readTimes(name);
    if (times) all.set(Number(name), times);
  }
  const inTree = (pid: number): boolean =>
    pids.includes(pid) || (all.has(pid) && inTree(all.get(pid)?.parent ?? 0));
  return [...all].reduce((sum, [pid, times]) => sum + (inTree(pid) ? times.microseconds : 0), 0);
}

function readTimes(pid: string): ProcessTimes | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the command in brackets, and may hold blanks and brackets itself.
    const fields = text
      .slice(text.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number);
    const [, parent = 0] = fields;
    const ticks = fields.slice(11, 15).reduce((sum, value) => sum + value, 0);
    return { parent, microseconds: ticks * MICROSECONDS_PER_TICK };
  } catch {
    return undefined; // it ended between the list and the look
  }
}
