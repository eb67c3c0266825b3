import type { Tx } from "@llamaagent/db";

/**
 * Makes a task due, also one that waits for another attempt; one that is owned begins again once its
 * owner has settled it. Where there is no such task nothing happens.
 */
export async function wakeTask(
  tx: Tx,
  { tenantId, taskId }: { tenantId: string; taskId: string },
): Promise<void> {
  await tx.query(
    `UPDATE tasks SET due_at = now(), wakes = wakes + 1 WHERE tenant_id = $1 AND task_id = $2`,
    [tenantId, taskId],
  );
}
