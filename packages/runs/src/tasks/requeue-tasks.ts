import type { Database } from "@llamaagent/db";

const ROWS_MAX = 200;

/** For others at once; one that ends its workers again and again, each time after a longer pause. */
const RELEASED = `owner = NULL, claimed_at = NULL,
  due_at = now() + make_interval(secs => least(power(2, least(attempts, 12) - 1) - 1, 3600))`;

/** Tasks whose owner's row has lapsed, or is gone; how many. Not while the worker may take nothing over. */
export async function requeueLapsedTasks(db: Database): Promise<number> {
  const rows = await db.system((tx) =>
    tx.query(
      `UPDATE tasks SET ${RELEASED}
       WHERE (tenant_id, task_id) IN (
         SELECT tenant_id, task_id FROM tasks WHERE owner IS NOT NULL AND NOT EXISTS (
           SELECT FROM workers WHERE worker_id = tasks.owner AND alive_until > now())
         LIMIT ${ROWS_MAX} FOR UPDATE SKIP LOCKED)
       RETURNING 1`,
    ),
  );
  return rows.length;
}

/**
 * Tasks that this worker owns and is not at: a claim or a settlement whose commit broke off. A claim
 * under way is younger than a minute.
 */
export async function requeueForgottenTasks(
  db: Database,
  workerId: string,
  atWork: readonly string[],
): Promise<void> {
  await db.system((tx) =>
    tx.query(
      `UPDATE tasks SET ${RELEASED}
       WHERE owner = $1 AND task_id <> ALL($2::uuid[]) AND claimed_at < now() - interval '1 minute'`,
      [workerId, atWork],
    ),
  );
}

/** The tasks that a worker owns, each with its epoch. */
export async function ownedTasks(
  db: Database,
  workerId: string,
): Promise<ReadonlyMap<string, number>> {
  const rows = await db.system((tx) =>
    tx.query<{ task_id: string; epoch: number }>(
      `SELECT task_id, epoch FROM tasks WHERE owner = $1`,
      [workerId],
    ),
  );
  return new Map(rows.map(({ task_id: taskId, epoch }) => [taskId, epoch]));
}
