import type { JsonObject, Message, Thread } from "@llamaagent/core";
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
 * than metadata, a change makes a checkpoint. Error: `not_found` (the thread, the checkpoint).
 */
export async function patchThread(
  tx: TenantTx,
  threadId: string,
  { metadata = {}, from, values, messages }: ThreadPatch,
  newId: () => string,
): Promise<Thread> {
  const found = await tx.query(
    `UPDATE threads SET metadata = metadata || $3::jsonb, updated_at = now()
     WHERE tenant_id = $1 AND thread_id = $2 RETURNING thread_id`,
    [tx.tenantId, threadId, JSON.stringify(metadata)],
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
  return findThread(tx, threadId);
}
