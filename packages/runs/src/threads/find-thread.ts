import { AppError, type JsonObject, type Thread, type ThreadStatus } from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";
import { messageColumns, type MessageRow, toMessage } from "../message-row.ts";

interface ThreadRow {
  thread_id: string;
  status: ThreadStatus;
  metadata: JsonObject;
  values: JsonObject;
  created_at: Date;
  updated_at: Date;
}

/** The thread with all its messages. Error: `not_found`. */
export async function findThread(tx: TenantTx, threadId: string): Promise<Thread> {
  const [row] = await tx.query<ThreadRow>(
    `SELECT thread_id, status, metadata, "values", created_at, updated_at
     FROM threads WHERE tenant_id = $1 AND thread_id = $2`,
    [tx.tenantId, threadId],
  );
  if (row === undefined) throw threadNotFound();
  const messages = await tx.query<MessageRow>(
    `SELECT ${messageColumns} FROM messages WHERE tenant_id = $1 AND thread_id = $2 ORDER BY seq`,
    [tx.tenantId, threadId],
  );
  return {
    thread_id: row.thread_id,
    status: row.status,
    metadata: row.metadata,
    values: row.values,
    messages: messages.map(toMessage),
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

export function threadNotFound(): AppError {
  return new AppError("not_found", { detail: "There is no such thread" });
}
