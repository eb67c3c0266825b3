import type { Tx } from "@llamaagent/db";
import { deleteRunRows } from "../delete-run-rows.ts";

/**
 * Removes a thread that the caller has locked, with its ended runs: none of them has an owner that could
 * bring something of it back. A thread that is made again under its id has and lists nothing of it.
 */
export async function deleteThreadRows(
  tx: Tx,
  thread: {
    tenantId: string;
    threadId: string;
    /** A run that stays, and with it those of whose end their receivers have not been told yet. */
    keeping?: string;
  },
): Promise<void> {
  const { tenantId, threadId, keeping } = thread;
  if (keeping !== undefined)
    await tx.query(
      `UPDATE runs SET thread_gone = true
       WHERE tenant_id = $1 AND thread_id = $2 AND state = 'ended' AND (run_id = $3 OR EXISTS (
         SELECT FROM tasks WHERE tasks.tenant_id = runs.tenant_id AND tasks.task_id = runs.run_id))`,
      [tenantId, threadId, keeping],
    );
  const runs = await tx.query<{ run_id: string }>(
    `SELECT run_id FROM runs WHERE tenant_id = $1 AND thread_id = $2 AND state = 'ended' AND NOT thread_gone`,
    [tenantId, threadId],
  );
  await deleteRunRows(
    tx,
    tenantId,
    runs.map(({ run_id: runId }) => runId),
  );
  // Whoever reads a file now, a chunk at a time, has a day to finish.
  await tx.query(
    `WITH files AS (
       DELETE FROM thread_files WHERE tenant_id = $1 AND thread_id = $2 RETURNING sha256
     )
     UPDATE blobs SET touched_at = now() FROM files WHERE blobs.tenant_id = $1 AND blobs.sha256 = files.sha256`,
    [tenantId, threadId],
  );
  for (const table of ["messages", "checkpoints", "threads"])
    await tx.query(`DELETE FROM ${table} WHERE tenant_id = $1 AND thread_id = $2`, [
      tenantId,
      threadId,
    ]);
}
