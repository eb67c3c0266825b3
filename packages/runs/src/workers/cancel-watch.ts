import type { Clock } from "@llamaagent/core";
import type { Database } from "@llamaagent/db";

/** Finds out which of a worker's runs were cancelled: one query for all of them. */
export interface CancelWatch {
  /** Looks now, unless the last look is at most so old; callers at the same time share one look. */
  look(maxAgeMs: number): Promise<void>;
}

export function createCancelWatch(options: {
  db: Database;
  clock: Clock;
  workerId: string;
  onCancelled: (runId: string) => void;
}): CancelWatch {
  const { db, clock, workerId } = options;
  let lookedAt = -Infinity;
  let looking: Promise<void> | undefined;

  async function query(): Promise<void> {
    const startedAt = clock.monotonicMs();
    const rows = await db.system((tx) =>
      tx.query<{ run_id: string }>(
        `SELECT run_id FROM runs WHERE owner = $1 AND state = 'running' AND cancel_requested_at IS NOT NULL`,
        [workerId],
      ),
    );
    lookedAt = startedAt;
    for (const { run_id: runId } of rows) options.onCancelled(runId);
  }

  return {
    async look(maxAgeMs) {
      if (clock.monotonicMs() - lookedAt <= maxAgeMs) return;
      looking ??= query().finally(() => {
        looking = undefined;
      });
      await looking;
    },
  };
}
