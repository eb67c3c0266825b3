import type { Database } from "@llamaagent/db";

/** What of the queue waits for a worker, at one moment. */
export interface QueueLoad {
  /** Runs of all tenants, counted to the bound that was asked for. */
  queued: number;
  oldestWaitSeconds: number;
  /** Runs of each tenant that has some. */
  byTenant: ReadonlyMap<string, number>;
}

/** `countedTo`: more are not counted. */
export async function readQueueLoad(db: Database, countedTo: number): Promise<QueueLoad> {
  const rows = await db.system((tx) =>
    tx.query<{ tenant_id: string; queued: number; oldest_wait_seconds: number }>(
      // Changed last when it became claimable.
      `SELECT tenant_id, count(*)::int AS queued,
         greatest(0, extract(epoch FROM now() - min(updated_at)))::float8 AS oldest_wait_seconds
       FROM (SELECT tenant_id, updated_at FROM runs WHERE state = 'queued' AND NOT blocked LIMIT $1) AS waiting
       GROUP BY tenant_id`,
      [countedTo],
      { isLast: true },
    ),
  );
  return {
    queued: rows.reduce((sum, { queued }) => sum + queued, 0),
    oldestWaitSeconds: Math.max(0, ...rows.map((row) => row.oldest_wait_seconds)),
    byTenant: new Map(rows.map((row) => [row.tenant_id, row.queued])),
  };
}
