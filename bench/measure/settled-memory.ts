import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const SETTLE_MS = 300;

/** Node's arguments for a process whose memory is measured. */
export const COLLECTS_ON_SIGNAL = [
  "--expose-gc",
  "--import",
  new URL("collect-garbage.ts", import.meta.url).href,
];

/** Bytes in memory (RSS) of a process after its garbage was collected, twice. */
export async function settledMemory(pid: number): Promise<number> {
  for (let n = 0; n < 2; n += 1) {
    process.kill(pid, "SIGUSR2");
    await sleep(SETTLE_MS);
  }
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kib) * 1024;
}
