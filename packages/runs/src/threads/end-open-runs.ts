import type { RunKey, StoredEvent } from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";
import { endRunsWithoutTrace } from "../ends/end-runs-without-trace.ts";

/** A run that had to give way; whoever ended it tells of it after the commit. */
export interface DisplacedRun {
  run: RunKey;
  event: StoredEvent;
  hadOwner: boolean;
}

/**
 * Ends the runs of a locked thread that have not ended, without a word of them in it; whose turn it is then,
 * the caller says. As many statements for ten thousand as for one: they are in one transaction.
 */
export async function endOpenRuns(
  tx: TenantTx,
  thread: {
    threadId: string;
    /** Also those that are to start later. */
    withDelayed: boolean;
    now: Date;
  },
): Promise<DisplacedRun[]> {
  const { tenantId } = tx;
  // Waits for an owner's commit under way; from then on nobody claims them or writes to them.
  const open = await tx.query<{ run_id: string; had_owner: boolean }>(
    `SELECT run_id, owner IS NOT NULL AS had_owner FROM runs
     WHERE tenant_id = $1 AND thread_id = $2 AND state <> 'ended' AND ($3::boolean OR available_at IS NULL)
     ORDER BY run_id FOR UPDATE`,
    [tenantId, thread.threadId, thread.withDelayed],
  );
  const events = await endRunsWithoutTrace(
    tx,
    open.map(({ run_id: runId }) => runId),
    thread.now,
  );
  return open.flatMap(({ run_id: runId, had_owner: hadOwner }) => {
    const event = events.get(runId);
    return event ? [{ run: { tenantId, runId }, event, hadOwner }] : [];
  });
}
