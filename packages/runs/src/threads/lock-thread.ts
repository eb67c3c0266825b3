import type { Tx } from "@llamaagent/db";

/**
 * Locks the thread; whoever starts, ends or moves a run of a thread does so before it touches the run.
 * Undefined where it is gone.
 */
export async function lockThread(
  tx: Tx,
  tenantId: string,
  threadId: string,
): Promise<{ activeRunId: string | null } | undefined> {
  const [thread] = await tx.query<{ active_run_id: string | null }>(
    `SELECT active_run_id FROM threads WHERE tenant_id = $1 AND thread_id = $2 FOR UPDATE`,
    [tenantId, threadId],
  );
  return thread && { activeRunId: thread.active_run_id };
}
