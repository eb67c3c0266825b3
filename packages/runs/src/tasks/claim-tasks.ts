import type { Json } from "@llamaagent/core";
import type { Database } from "@llamaagent/db";
import type { ClaimedTask } from "./task.ts";

interface TaskRow {
  tenant_id: string;
  task_id: string;
  epoch: number;
  kind: string;
  payload: string;
  wakes: number;
  attempts: number;
  is_expired: boolean;
}

export interface TaskClaim {
  kinds: readonly string[];
  count: number;
  /** Tenants whose tasks are left alone. */
  withoutTenants?: readonly string[];
}

/**
 * So many due tasks of these kinds, the most overdue first. The claim is a fence, as of runs: it makes the
 * worker the owner and raises the epoch.
 */
export async function claimTasks(
  db: Database,
  workerId: string,
  { kinds, count, withoutTenants = [] }: TaskClaim,
): Promise<ClaimedTask[]> {
  const rows = await db.system((tx) =>
    tx.query<TaskRow>(
      `WITH candidate AS (
         SELECT tenant_id, task_id FROM tasks WHERE owner IS NULL AND due_at <= now() AND kind = ANY($2::text[])
           AND tenant_id <> ALL($4::uuid[])
         ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED
       )
       UPDATE tasks SET owner = $1, claimed_at = now(), epoch = epoch + 1, attempts = attempts + 1
       FROM candidate WHERE tasks.tenant_id = candidate.tenant_id AND tasks.task_id = candidate.task_id
       RETURNING tasks.tenant_id, tasks.task_id, epoch, kind, payload, wakes, attempts,
         coalesce(expires_at <= now(), false) AS is_expired`,
      [workerId, kinds, count, withoutTenants],
      { isLast: true },
    ),
  );
  return rows.map((row) => ({
    fence: { tenantId: row.tenant_id, taskId: row.task_id, epoch: row.epoch, owner: workerId },
    kind: row.kind,
    payload: JSON.parse(row.payload) as Json, // as it was written
    wakes: row.wakes,
    attempts: row.attempts,
    isExpired: row.is_expired,
  }));
}
