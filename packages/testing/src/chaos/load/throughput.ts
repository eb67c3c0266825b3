import type { Cluster } from "../cluster/cluster.ts";

/** Runs that ended per second, from one moment to another (Unix milliseconds). */
export async function throughput(cluster: Cluster, from: number, to: number): Promise<number> {
  const [row] = await cluster.query<{ ended: number }>(
    `SELECT count(*)::int AS ended FROM runs
     WHERE ended_at BETWEEN to_timestamp($1::float8 / 1000) AND to_timestamp($2::float8 / 1000)`,
    [from, to],
  );
  return ((row?.ended ?? 0) * 1000) / (to - from);
}
