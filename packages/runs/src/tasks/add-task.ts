import type { Json } from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";

export interface NewTask {
  taskId: string;
  kind: string;
  payload: Json;
  /** Absent: it sleeps until it is woken. */
  dueInSeconds?: number;
  /** Absent: it is tried for ever. */
  expiresInSeconds?: number;
}

/** Stores a task: once this is committed a worker will do it, at least once. */
export async function addTask(tx: TenantTx, task: NewTask): Promise<void> {
  const { taskId, kind, payload, dueInSeconds, expiresInSeconds } = task;
  await tx.query(
    `INSERT INTO tasks (tenant_id, task_id, kind, payload, due_at, expires_at)
     VALUES ($1, $2, $3, $4, coalesce(now() + make_interval(secs => $5), 'infinity'), now() + make_interval(secs => $6))`,
    [
      tx.tenantId,
      taskId,
      kind,
      JSON.stringify(payload),
      dueInSeconds ?? null,
      expiresInSeconds ?? null,
    ],
  );
}
