import type { Cluster } from "../cluster/cluster.ts";

/** How many runs are queued or at work. */
export async function openRuns(cluster: Cluster): Promise<number> {
  const [row] = await cluster.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM runs WHERE state IN ('queued', 'running')`,
  );
  return row?.count ?? 0;
}
