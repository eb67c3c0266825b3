import type { RunKey } from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";
import type { EndedByOther } from "../ends/end-foreign-run.ts";
import { endWithoutTrace } from "../ends/end-without-trace.ts";

/** A run that had to give way; whoever ended it tells of it after the commit. */
export interface DisplacedRun {
  run: RunKey;
  ended: EndedByOther;
}

/** Ends the runs of a locked thread that have not ended, without a word of them in it. */
export async function endOpenRuns(
  tx: TenantTx,
  thread: {
    threadId: string;
    /** The run whose turn it is. */
    active: string | null;
    /** Also those that are to start later. */
    withDelayed: boolean;
    now: Date;
  },
): Promise<DisplacedRun[]> {
  // Waits for an owner's commit under way; from then on nobody claims them or writes to them. The one whose
  // turn it is comes last: it then has nobody to give the turn to.
  const open = await tx.query<{ run_id: string }>(
    `SELECT run_id FROM runs
     WHERE tenant_id = $1 AND thread_id = $2 AND state <> 'ended' AND ($4::boolean OR available_at IS NULL)
     ORDER BY run_id IS NOT DISTINCT FROM $3, run_id FOR UPDATE`,
    [tx.tenantId, thread.threadId, thread.active, thread.withDelayed],
  );
  const displaced: DisplacedRun[] = [];
  for (const { run_id: runId } of open) {
    const ended = await endWithoutTrace(tx, runId, thread.now);
    if (ended) displaced.push({ run: { tenantId: tx.tenantId, runId }, ended });
  }
  return displaced;
}
