import type { Cluster } from "../cluster/cluster.ts";

/** From the admission of each of the runs to its first claim. */
export async function secondsToStart(
  cluster: Cluster,
  runIds: readonly string[],
): Promise<number[]> {
  const rows = await cluster.query<{ seconds: number }>(
    `SELECT extract(epoch FROM started_at - created_at)::float8 AS seconds FROM runs WHERE run_id = ANY($1::uuid[])`,
    [runIds],
  );
  return rows.map(({ seconds }) => seconds);
}
