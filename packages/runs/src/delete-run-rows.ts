import type { Tx } from "@llamaagent/db";

/**
 * Removes ended runs with their steps and events; answers how many there were. A statement of its own
 * after the one that locked or ended them: its snapshot has to hold the last that their owners wrote.
 */
export async function deleteRunRows(
  tx: Tx,
  tenantId: string,
  runIds: readonly string[],
): Promise<number> {
  const gone = await tx.query(
    // Whoever reads the bytes of a result now, a chunk at a time, has a day to finish.
    `WITH gone AS (
       DELETE FROM runs WHERE tenant_id = $1 AND run_id = ANY($2::uuid[]) RETURNING run_id
     ), steps AS (
       DELETE FROM run_steps USING gone WHERE run_steps.tenant_id = $1 AND run_steps.run_id = gone.run_id
       RETURNING result_sha256
     ), events AS (
       DELETE FROM run_events USING gone WHERE run_events.tenant_id = $1 AND run_events.run_id = gone.run_id
     ), tasks AS (
       DELETE FROM tasks USING gone WHERE tasks.tenant_id = $1 AND tasks.task_id = gone.run_id
     ), touched AS (
       UPDATE blobs SET touched_at = now() FROM steps WHERE blobs.tenant_id = $1 AND blobs.sha256 = steps.result_sha256
     )
     SELECT run_id FROM gone`,
    [tenantId, runIds],
  );
  return gone.length;
}
