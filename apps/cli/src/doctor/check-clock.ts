import type { OwnedDatabase } from "@llamaagent/db";
import { type CheckResult, ok, warn } from "./check.ts";

const TRIES = 3;
const FAR_MS = 5_000;

/**
 * Leases and deadlines are on Postgres's clock, so the promises do not depend on this one; ids, by which
 * runs are ordered and partitioned, and the times in events do.
 */
export async function checkClock(database: OwnedDatabase, now: () => number): Promise<CheckResult> {
  let best = { skewMs: 0, tripMs: Infinity };
  for (let round = 0; round < TRIES; round += 1) {
    const reading = await database.owner(async (tx) => {
      const before = now();
      const [row] = await tx.query<{ ms: number }>(
        "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms",
      );
      const after = now();
      return { skewMs: (before + after) / 2 - (row?.ms ?? 0), tripMs: after - before };
    });
    if (reading.tripMs < best.tripMs) best = reading;
  }
  const { skewMs, tripMs } = best;
  if (Math.abs(skewMs) - tripMs / 2 < FAR_MS)
    return ok(
      "clock",
      `within ${FAR_MS / 1_000} s of the database's, which answers in ${tripMs} ms`,
    );
  const seconds = Math.round(Math.abs(skewMs) / 1_000);
  return warn(
    "clock",
    `this machine's is ${seconds} s ${skewMs > 0 ? "ahead of" : "behind"} the database's: the times in events and the order of runs are off`,
    "keep both set by NTP",
  );
}
