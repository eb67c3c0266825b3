import type { RunHint, ThreadStatus } from "@llamaagent/core";
import type { Tx } from "@llamaagent/db";
import { type HintRow, hintColumns, toHint } from "../hints/hint-row.ts";
import { REQUEUED } from "../hints/requeued.ts";

/**
 * Gives the turn of an ended run to the oldest blocked run of its thread, whose hint is answered.
 * The thread is locked by the caller. A run that ended before it had its turn changes nothing.
 */
export async function releaseThread(
  tx: Tx,
  ended: { tenantId: string; threadId: string; runId: string; status: ThreadStatus },
): Promise<RunHint[]> {
  const [thread] = await tx.query<{ active_run_id: string | null }>(
    `SELECT active_run_id FROM threads WHERE tenant_id = $1 AND thread_id = $2`,
    [ended.tenantId, ended.threadId],
  );
  if (thread?.active_run_id !== ended.runId) return [];
  return giveTurn(tx, ended);
}

/** The turn of a locked thread, which nobody has, to its oldest blocked run; `status` where there is none. */
export async function giveTurn(
  tx: Tx,
  given: { tenantId: string; threadId: string; status: ThreadStatus },
): Promise<RunHint[]> {
  const next = await tx.query<HintRow>(
    `UPDATE runs SET ${REQUEUED}
     WHERE tenant_id = $1 AND run_id = (
       SELECT run_id FROM runs WHERE tenant_id = $1 AND thread_id = $2 AND state = 'queued' AND blocked
         AND available_at IS NULL
       ORDER BY run_id LIMIT 1)
     RETURNING ${hintColumns}`,
    [given.tenantId, given.threadId],
  );
  await tx.query(
    `UPDATE threads SET active_run_id = $3, status = $4, updated_at = now() WHERE tenant_id = $1 AND thread_id = $2`,
    [given.tenantId, given.threadId, next[0]?.run_id ?? null, next[0] ? "busy" : given.status],
  );
  return next.map(toHint);
}
