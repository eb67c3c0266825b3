import type { JsonObject, ThreadState } from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";
import { PAGE_BYTES_MAX, readPage } from "../read-page.ts";
import { BEGINNING, noSuchCheckpoint } from "./checkpoint.ts";
import { threadNotFound } from "./find-thread.ts";
import {
  messageBytes,
  newestMessages,
  type NewestMessageRow,
  shownMessages,
} from "./newest-messages.ts";

interface CheckpointRow {
  checkpoint_id: string;
  parent_id: string | null;
  values: JsonObject;
  metadata: JsonObject;
  created_at: Date;
  messages: NewestMessageRow[] | null;
}

/**
 * States of a thread, newest first, each with its newest messages, of at most 16 MiB; `before`: only those older
 * than this one. Error: `not_found`; `invalid_request` where they have more than 16 MiB together.
 */
export async function listCheckpoints(
  tx: TenantTx,
  threadId: string,
  { limit, before }: { limit: number; before?: string },
): Promise<ThreadState[]> {
  await threadCreatedAt(tx, threadId);
  const rows = await readCheckpoints(
    tx,
    threadId,
    `number < coalesce((SELECT number FROM checkpoints b
       WHERE b.tenant_id = $1 AND b.thread_id = $2 AND b.checkpoint_id = $4), CASE WHEN $4::uuid IS NULL THEN 2147483647 ELSE 0 END)`,
    { limit, given: before ?? null },
  );
  return rows.map(toState);
}

/** One state, absent: what the thread is now. Error: `not_found` (the thread, the checkpoint). */
export async function findCheckpoint(
  tx: TenantTx,
  threadId: string,
  checkpointId: string | undefined,
): Promise<ThreadState> {
  const createdAt = await threadCreatedAt(tx, threadId);
  const [row] = await readCheckpoints(tx, threadId, `($4::uuid IS NULL OR checkpoint_id = $4)`, {
    limit: 1,
    given: checkpointId ?? null,
  });
  if (row !== undefined) return toState(row);
  if (checkpointId !== undefined && checkpointId !== BEGINNING)
    throw noSuchCheckpoint("/query/checkpoint_id");
  return {
    checkpoint: { checkpoint_id: BEGINNING },
    values: {},
    messages: [],
    metadata: {},
    created_at: createdAt.toISOString(),
  };
}

async function threadCreatedAt(tx: TenantTx, threadId: string): Promise<Date> {
  const [thread] = await tx.query<{ created_at: Date }>(
    `SELECT created_at FROM threads WHERE tenant_id = $1 AND thread_id = $2`,
    [tx.tenantId, threadId],
  );
  if (thread === undefined) throw threadNotFound();
  return thread.created_at;
}

const readCheckpoints = (
  tx: TenantTx,
  threadId: string,
  condition: string,
  { limit, given }: { limit: number; given: string | null },
): Promise<CheckpointRow[]> =>
  readPage(tx, {
    noun: "states",
    // Each state holds the messages of those before it.
    sql: `SELECT *, octet_length("values"::text) + least(${PAGE_BYTES_MAX}, (
         SELECT coalesce(sum(${messageBytes}), 0)
         FROM messages WHERE tenant_id = $1 AND thread_id = $2 AND seq BETWEEN c.first_seq AND c.last_seq)) AS bytes
       FROM checkpoints c WHERE tenant_id = $1 AND thread_id = $2 AND ${condition}
       ORDER BY number DESC LIMIT $3`,
    params: [tx.tenantId, threadId, limit, given],
    also: `, (SELECT json_agg(m ORDER BY m.seq) FROM (
        ${newestMessages("seq BETWEEN page.first_seq AND page.last_seq")}) AS m) AS messages`,
  });

const toState = (row: CheckpointRow): ThreadState => ({
  checkpoint: { checkpoint_id: row.checkpoint_id },
  ...(row.parent_id === null ? {} : { parent_checkpoint: { checkpoint_id: row.parent_id } }),
  values: row.values,
  ...shownMessages(row.messages ?? []),
  metadata: row.metadata,
  created_at: row.created_at.toISOString(),
});

/** From where a fork of the run goes on: the state before it. Undefined where it changed nothing of the thread. */
export async function stateBefore(
  tx: TenantTx,
  threadId: string,
  runId: string,
): Promise<string | undefined> {
  const [row] = await tx.query<{ parent_id: string | null }>(
    `SELECT parent_id FROM checkpoints WHERE tenant_id = $1 AND thread_id = $2 AND checkpoint_id = $3`,
    [tx.tenantId, threadId, runId],
  );
  return row && (row.parent_id ?? BEGINNING);
}
