import type { TenantTx } from "@llamaagent/db";
import { Capabilities } from "./workers/capabilities.ts";

/** How much waits, and who is there to do it. */
export interface QueueStats {
  /** Claimable now. */
  queued: number;
  /** Waiting for their turn on a thread. */
  blocked: number;
  /** Whose start is to come later. */
  delayed: number;
  running: number;
  /** For a person. */
  waiting: number;
  /** Of those that are claimable. */
  oldest_wait_seconds: number;
  /** Of all workers, for all tenants, over the last minute. */
  claims_per_second: number;
  workers: (Capabilities & {
    worker_id: string;
    started_at: string;
    claims_per_second: number;
  })[];
}

interface WorkerRow {
  worker_id: string;
  started_at: Date;
  claims_per_second: number;
  capabilities: unknown;
}

/** The tenant's runs that have not ended, and the workers that live, which serve all tenants. */
export async function readQueueStats(tx: TenantTx): Promise<QueueStats> {
  const [counts] = await tx.query<Omit<QueueStats, "workers" | "claims_per_second">>(
    // Every open run has a moment at which the sweeper looks at it, and an entry in that index.
    `SELECT count(*) FILTER (WHERE is_queued AND NOT blocked)::int AS queued,
       count(*) FILTER (WHERE is_queued AND blocked AND available_at IS NULL)::int AS blocked,
       count(*) FILTER (WHERE is_queued AND available_at IS NOT NULL)::int AS delayed,
       count(*) FILTER (WHERE state = 'running')::int AS running,
       count(*) FILTER (WHERE state = 'waiting')::int AS waiting,
       greatest(0, extract(epoch FROM now() - min(updated_at) FILTER (WHERE is_queued AND NOT blocked)))::float8
         AS oldest_wait_seconds
     FROM (
       -- Changed last when it became claimable, at its admission or later.
       SELECT state, blocked, available_at, updated_at, state = 'queued' AS is_queued
       FROM runs WHERE tenant_id = $1 AND look_at IS NOT NULL AND state <> 'ended') AS open`,
    [tx.tenantId],
  );
  const workers = await tx.query<WorkerRow>(
    `SELECT worker_id, started_at, claims_per_second, capabilities FROM workers
     WHERE alive_until > now() ORDER BY started_at, worker_id`,
  );
  const { queued = 0, blocked = 0, delayed = 0, running = 0, waiting = 0 } = counts ?? {};
  return {
    queued,
    blocked,
    delayed,
    running,
    waiting,
    oldest_wait_seconds: counts?.oldest_wait_seconds ?? 0,
    claims_per_second: workers.reduce((sum, worker) => sum + worker.claims_per_second, 0),
    workers: workers.map(({ capabilities, started_at: startedAt, ...worker }) => ({
      ...worker,
      started_at: startedAt.toISOString(),
      ...Capabilities.parse(capabilities),
    })),
  };
}
