import {
  AppError,
  JSONB_BYTES_MAX,
  type JsonObject,
  type Message,
  type Thread,
} from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";
import { changeThread } from "./change-thread.ts";
import { findThread, threadNotFound } from "./find-thread.ts";

export interface ThreadPatch {
  /** Merged into the thread's, key by key; free of NUL and lone surrogates, as `values`. */
  metadata?: JsonObject | undefined;
  /** The checkpoint that the change goes on from; absent: where the thread stands. */
  from?: string | undefined;
  values?: JsonObject | undefined;
  /** Added behind those that are there. */
  messages?: readonly Message[] | undefined;
}

/**
 * Changes a thread, also while a run is at work on it, which sees the change in its next turn only. Other
 * than metadata, a change makes a checkpoint. Error: `not_found` (the thread, the checkpoint); `invalid_request`
 * where metadata or values come to more than 2 MiB with what the thread has.
 */
export async function patchThread(
  tx: TenantTx,
  threadId: string,
  { metadata, from, values, messages }: ThreadPatch,
  newId: () => string,
): Promise<Thread> {
  const found = await tx.query(
    `UPDATE threads SET metadata = metadata || $3::jsonb, updated_at = now()
     WHERE tenant_id = $1 AND thread_id = $2 RETURNING thread_id`,
    [tx.tenantId, threadId, JSON.stringify(metadata ?? {})],
  );
  if (found.length === 0) throw threadNotFound();
  if (from !== undefined || values !== undefined || messages !== undefined)
    await changeThread(tx, {
      tenantId: tx.tenantId,
      threadId,
      checkpointId: newId(),
      from,
      messages: messages ?? [],
      values: values ?? {},
      metadata: { source: "update" },
    });
  await refuseTooLarge(tx, threadId, { metadata, values });
  return findThread(tx, threadId);
}

async function refuseTooLarge(
  tx: TenantTx,
  threadId: string,
  { metadata, values }: Pick<ThreadPatch, "metadata" | "values">,
): Promise<void> {
  const [bytes] = await tx.query<{ metadata: number; values: number }>(
    `SELECT octet_length(metadata::text) AS metadata, octet_length("values"::text) AS "values"
     FROM threads WHERE tenant_id = $1 AND thread_id = $2`,
    [tx.tenantId, threadId],
  );
  if (bytes === undefined) throw threadNotFound();
  const errors = [
    ...(metadata && bytes.metadata > JSONB_BYTES_MAX ? ["/metadata"] : []),
    ...(values && bytes.values > JSONB_BYTES_MAX ? ["/values"] : []),
  ].map((pointer) => ({ pointer, message: "comes to over 2 MiB with what the thread has" }));
  if (errors.length > 0) throw new AppError("invalid_request", { errors });
}
