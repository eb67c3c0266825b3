import { setTimeout as sleep } from "node:timers/promises";
import type { Cluster } from "../cluster/cluster.ts";

const LOOK_MS = 100;

/** Seconds until each worker has claimed a run from now on; no more than so many. Runs must be queued. */
export async function secondsUntilAllClaim(
  cluster: Cluster,
  { timeoutSeconds }: { timeoutSeconds: number },
): Promise<number> {
  const since = Date.now();
  const claiming = new Set<string>();
  for (;;) {
    const rows = await cluster.query<{ owner: string }>(
      `SELECT DISTINCT owner::text AS owner FROM runs
       WHERE state = 'running' AND started_at > to_timestamp($1::float8 / 1000)`,
      [since],
    );
    for (const { owner } of rows) claiming.add(owner);
    const seconds = (Date.now() - since) / 1000;
    if (claiming.size >= cluster.workers.length || seconds > timeoutSeconds) return seconds;
    await sleep(LOOK_MS);
  }
}
