import { JSONB_BYTES_MAX, type JsonObject, type Message } from "@llamaagent/core";
import type { Tx } from "@llamaagent/db";
import { BEGINNING, noSuchCheckpoint } from "./checkpoint.ts";
import { insertMessages } from "./insert-messages.ts";

/** What a thread becomes by the end of a run, or by a client. */
export interface ThreadChange {
  tenantId: string;
  threadId: string;
  /** The change is found again under this id. */
  checkpointId: string;
  /** The run that has ended. */
  runId?: string | undefined;
  /** The checkpoint from which it goes on; absent: from where the thread stands. */
  from?: string | undefined;
  messages: readonly Message[];
  /**
   * Merged into the thread's, key by key; free of what jsonb refuses. Where they would come to over 2 MiB with
   * them, a run's are left out: it has ended, whatever it said.
   */
  values: JsonObject;
  metadata: JsonObject;
}

/**
 * Makes the change and its checkpoint; the caller has locked the thread. One that goes on from an earlier
 * checkpoint than the last copies that one's messages behind all others: `first_seq` to `last_seq` names what
 * a thread was for ever, and reading it is one scan. False where the thread is gone. Error: `not_found`
 * (the checkpoint).
 */
export async function changeThread(tx: Tx, change: ThreadChange): Promise<boolean> {
  const { tenantId, threadId, checkpointId, from } = change;
  const [thread] = await tx.query<Standing>(
    `SELECT first_seq, head.checkpoint_id AS head_id, coalesce(head.number, 0) AS number,
       (SELECT coalesce(max(seq), 0) FROM messages m
        WHERE m.tenant_id = threads.tenant_id AND m.thread_id = threads.thread_id) AS last_seq
     FROM threads LEFT JOIN LATERAL (
       SELECT number, checkpoint_id FROM checkpoints c
       WHERE c.tenant_id = threads.tenant_id AND c.thread_id = threads.thread_id
       ORDER BY number DESC LIMIT 1) AS head ON true
     WHERE tenant_id = $1 AND thread_id = $2`,
    [tenantId, threadId],
  );
  if (thread === undefined) return false;
  const parent = from ?? thread.head_id ?? BEGINNING;
  const isBranch = parent !== (thread.head_id ?? BEGINNING);
  const { first_seq: firstSeq, last_seq: lastSeq } = isBranch
    ? await copyMessages(tx, { ...change, from: parent, after: thread.last_seq })
    : thread;
  await insertMessages(tx, { ...change, idPrefix: checkpointId, after: lastSeq });
  await tx.query(
    `WITH parent AS (
       SELECT coalesce((SELECT c."values" FROM checkpoints c
         WHERE c.tenant_id = $1 AND c.thread_id = $2 AND c.checkpoint_id = $6), '{}') AS "values"
     ), changed AS (
       UPDATE threads SET first_seq = $3, updated_at = now(), "values" = CASE
         WHEN $9::uuid IS NULL OR $7::jsonb = '{}' OR octet_length((parent."values" || $7::jsonb)::text) <= ${JSONB_BYTES_MAX}
         THEN parent."values" || $7::jsonb ELSE parent."values" END
       FROM parent WHERE tenant_id = $1 AND thread_id = $2 RETURNING threads."values"
     )
     INSERT INTO checkpoints (tenant_id, thread_id, number, checkpoint_id, parent_id, run_id, first_seq, last_seq,
       "values", metadata)
     SELECT $1, $2, $5, $8, nullif($6::uuid, '${BEGINNING}'), $9, $3, $4, "values", $10::jsonb FROM changed`,
    [
      tenantId,
      threadId,
      firstSeq,
      lastSeq + change.messages.length,
      thread.number + 1,
      parent,
      JSON.stringify(change.values),
      checkpointId,
      change.runId ?? null,
      JSON.stringify(change.metadata),
    ],
  );
  return true;
}

interface Standing {
  first_seq: number;
  last_seq: number;
  head_id: string | null;
  number: number;
}

/** Copies a checkpoint's messages behind `after`; answers where they are then. */
async function copyMessages(
  tx: Tx,
  copy: { tenantId: string; threadId: string; from: string; after: number },
): Promise<{ first_seq: number; last_seq: number }> {
  const { tenantId, threadId, after } = copy;
  const [base] = await tx.query<{ first_seq: number; last_seq: number }>(
    `SELECT first_seq, last_seq FROM checkpoints WHERE tenant_id = $1 AND thread_id = $2 AND checkpoint_id = $3`,
    [tenantId, threadId, copy.from],
  );
  if (base === undefined && copy.from !== BEGINNING) throw noSuchCheckpoint();
  const { first_seq: first, last_seq: last } = base ?? { first_seq: 1, last_seq: 0 };
  await tx.query(
    `INSERT INTO messages (tenant_id, thread_id, seq, run_id, message_id, role, content, tool_calls, tool_call_id,
       metadata, created_at, copied)
     SELECT tenant_id, thread_id, seq - $3 + $5 + 1, run_id, message_id, role, content, tool_calls, tool_call_id,
       metadata, created_at, true
     FROM messages WHERE tenant_id = $1 AND thread_id = $2 AND seq BETWEEN $3 AND $4`,
    [tenantId, threadId, first, last, after],
  );
  return { first_seq: after + 1, last_seq: after + last - first + 1 };
}
