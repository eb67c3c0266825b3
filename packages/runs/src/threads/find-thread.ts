import { AppError, type Thread } from "@llamaagent/core";
import { schema, type TenantTx } from "@llamaagent/db";
import { and, eq } from "drizzle-orm";
import { newestMessages, type NewestMessageRow, shownMessages } from "./newest-messages.ts";

const { threads } = schema;

/** The thread with its newest messages, of at most 16 MiB. Error: `not_found`. */
export async function findThread(tx: TenantTx, threadId: string): Promise<Thread> {
  const [row] = await tx.orm
    .select()
    .from(threads)
    .where(and(eq(threads.tenantId, tx.tenantId), eq(threads.threadId, threadId)));
  if (row === undefined) throw threadNotFound();
  const messages = await tx.query<NewestMessageRow>(`${newestMessages("seq >= $3")} ORDER BY seq`, [
    tx.tenantId,
    threadId,
    row.firstSeq,
  ]);
  return {
    thread_id: row.threadId,
    status: row.status,
    metadata: row.metadata,
    values: row.values,
    ...shownMessages(messages),
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}

/** Error: `not_found`. */
export async function assertThread(tx: TenantTx, threadId: string): Promise<void> {
  const found = await tx.query(`SELECT FROM threads WHERE tenant_id = $1 AND thread_id = $2`, [
    tx.tenantId,
    threadId,
  ]);
  if (found.length === 0) throw threadNotFound();
}

export function threadNotFound(): AppError {
  return new AppError("not_found", { detail: "There is no such thread" });
}
