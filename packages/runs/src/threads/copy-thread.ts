import type { Thread } from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";
import { findThread, threadNotFound } from "./find-thread.ts";

/**
 * A new thread with all that this one has now: messages, checkpoints (under the same ids), values, metadata
 * and files; its runs stay with it. Error: `not_found`.
 */
export async function copyThread(tx: TenantTx, threadId: string, copyId: string): Promise<Thread> {
  const given = [tx.tenantId, threadId, copyId];
  // Whoever changes it, or ends a run of it, waits for the commit.
  const source = await tx.query(
    `SELECT FROM threads WHERE tenant_id = $1 AND thread_id = $2 FOR SHARE`,
    given.slice(0, 2),
  );
  if (source.length === 0) throw threadNotFound();
  await tx.query(
    `INSERT INTO threads (tenant_id, thread_id, metadata, "values", first_seq)
     SELECT tenant_id, $3, metadata, "values", first_seq FROM threads WHERE tenant_id = $1 AND thread_id = $2`,
    given,
  );
  for (const { table, columns } of COPIED)
    await tx.query(
      `INSERT INTO ${table} (tenant_id, thread_id, ${columns})
       SELECT tenant_id, $3, ${columns} FROM ${table} WHERE tenant_id = $1 AND thread_id = $2`,
      given,
    );
  return findThread(tx, copyId);
}

const COPIED = [
  {
    table: "messages",
    columns:
      "seq, run_id, message_id, role, content, tool_calls, tool_call_id, metadata, created_at, copied",
  },
  {
    table: "checkpoints",
    columns: `number, checkpoint_id, parent_id, run_id, first_seq, last_seq, "values", metadata, created_at`,
  },
  { table: "thread_files", columns: "path, sha256, size_bytes, media_type, created_at" },
] as const;
