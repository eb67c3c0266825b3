import type { Clock } from "@llamaagent/core";
import type { Database } from "@llamaagent/db";
import type { Fence } from "../claim-run.ts";

/** Finds out which of a worker's runs were cancelled, or are not its own any more: one query for all of them. */
export interface CancelWatch {
  /** Looks now, unless the last look is at most so old; callers at the same time share one look. */
  look(maxAgeMs: number): Promise<void>;
}

type Executed = Pick<Fence, "runId" | "epoch">;

export function createCancelWatch(options: {
  db: Database;
  clock: Clock;
  workerId: string;
  /** What is executed now. */
  executing: () => readonly Executed[];
  onCancelled: (runId: string) => void;
  /** Somebody else ended the run, or acts on it. */
  onLost: (run: Executed) => void;
}): CancelWatch {
  const { db, clock, workerId } = options;
  let lookedAt = -Infinity;
  let looking: Promise<void> | undefined;

  async function query(): Promise<void> {
    const startedAt = clock.monotonicMs();
    // Before the query: what is claimed meanwhile is not in its answer.
    const executing = [...options.executing()];
    const rows = await db.system((tx) =>
      tx.query<{ run_id: string; epoch: number; is_cancelled: boolean }>(
        `SELECT run_id, epoch, cancel_requested_at IS NOT NULL AS is_cancelled
         FROM runs WHERE owner = $1 AND state = 'running'`,
        [workerId],
      ),
    );
    lookedAt = startedAt;
    const owned = new Map(rows.map((row) => [row.run_id, row]));
    for (const run of executing) if (owned.get(run.runId)?.epoch !== run.epoch) options.onLost(run);
    for (const row of rows) if (row.is_cancelled) options.onCancelled(row.run_id);
  }

  return {
    async look(maxAgeMs) {
      const isFresh = () => clock.monotonicMs() - lookedAt <= maxAgeMs;
      // One that is under way may have begun too long ago: then the next is waited for, however long that takes.
      if (!isFresh()) await looking;
      if (isFresh()) return;
      looking ??= query().finally(() => {
        looking = undefined;
      });
      await looking;
    },
  };
}
