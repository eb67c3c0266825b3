import { AppError } from "@llamaagent/core";
import type { Tx, TenantTx } from "@llamaagent/db";
import { findRun } from "../get-run.ts";
import { addTask } from "../tasks/add-task.ts";
import { RESEND_TASK } from "./webhook.ts";

/** One attempt to tell a receiver of an event. */
export interface WebhookDelivery {
  delivery_id: string;
  run_id: string;
  event_id: string;
  event_type: string;
  url: string;
  attempt: number;
  status_code?: number;
  error?: string;
  duration_ms: number;
  sent_at: string;
}

interface DeliveryRow extends Omit<WebhookDelivery, "status_code" | "error" | "sent_at"> {
  status_code: number | null;
  error: string | null;
  sent_at: Date;
}

const columns = `delivery_id, run_id, event_id, event_type, url, attempt, status_code, error, duration_ms, sent_at`;

export async function logDelivery(
  tx: Tx,
  tenantId: string,
  delivery: Omit<WebhookDelivery, "sent_at">,
): Promise<void> {
  await tx.query(
    `INSERT INTO webhook_deliveries (tenant_id, delivery_id, run_id, event_id, event_type, url, attempt, status_code,
       error, duration_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      tenantId,
      delivery.delivery_id,
      delivery.run_id,
      delivery.event_id,
      delivery.event_type,
      delivery.url,
      delivery.attempt,
      delivery.status_code ?? null,
      delivery.error?.replaceAll("\u0000", "").slice(0, 1_000) ?? null,
      delivery.duration_ms,
    ],
  );
}

/** Newest first. */
export async function listDeliveries(
  tx: TenantTx,
  page: { runId?: string | undefined; before?: string | undefined; limit: number },
): Promise<WebhookDelivery[]> {
  const rows = await tx.query<DeliveryRow>(
    `SELECT ${columns} FROM webhook_deliveries
     WHERE tenant_id = $1 AND ($2::uuid IS NULL OR run_id = $2) AND ($3::uuid IS NULL OR delivery_id < $3)
     ORDER BY delivery_id DESC LIMIT $4`,
    [tx.tenantId, page.runId ?? null, page.before ?? null, page.limit],
  );
  return rows.map(toDelivery);
}

/** Error: `not_found`. */
export async function findDelivery(
  tx: Tx,
  tenantId: string,
  deliveryId: string,
): Promise<WebhookDelivery> {
  const [row] = await tx.query<DeliveryRow>(
    `SELECT ${columns} FROM webhook_deliveries WHERE tenant_id = $1 AND delivery_id = $2`,
    [tenantId, deliveryId],
  );
  if (row === undefined) throw new AppError("not_found", { detail: "There is no such delivery" });
  return toDelivery(row);
}

/** Its event is sent once more, under the same webhook-id, and tried for a day. Error: `not_found`, also of its run. */
export async function resendDelivery(
  tx: TenantTx,
  deliveryId: string,
  taskId: string,
): Promise<void> {
  const { run_id: runId } = await findDelivery(tx, tx.tenantId, deliveryId);
  await findRun(tx, runId);
  await addTask(tx, {
    taskId,
    kind: RESEND_TASK,
    payload: { delivery_id: deliveryId },
    dueInSeconds: 0,
    expiresInSeconds: 86_400,
  });
}

const toDelivery = ({
  status_code: status,
  error,
  sent_at: sentAt,
  ...row
}: DeliveryRow): WebhookDelivery => ({
  ...row,
  ...(status === null ? {} : { status_code: status }),
  ...(error === null ? {} : { error }),
  sent_at: sentAt.toISOString(),
});
