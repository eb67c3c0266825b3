import { AppError, type Thread } from "@llamaagent/core";
import { schema, type TenantTx } from "@llamaagent/db";
import { and, eq, gte } from "drizzle-orm";
import { toMessage } from "./message-row.ts";

const { threads, messages } = schema;

/** The thread with all its messages. Error: `not_found`. */
export async function findThread(tx: TenantTx, threadId: string): Promise<Thread> {
  const [row] = await tx.orm
    .select()
    .from(threads)
    .where(and(eq(threads.tenantId, tx.tenantId), eq(threads.threadId, threadId)));
  if (row === undefined) throw threadNotFound();
  const messageRows = await tx.orm
    .select({
      message_id: messages.messageId,
      role: messages.role,
      content: messages.content,
      tool_calls: messages.toolCalls,
      tool_call_id: messages.toolCallId,
      metadata: messages.metadata,
    })
    .from(messages)
    .where(
      and(
        eq(messages.tenantId, tx.tenantId),
        eq(messages.threadId, threadId),
        gte(messages.seq, row.firstSeq),
      ),
    )
    .orderBy(messages.seq);
  return {
    thread_id: row.threadId,
    status: row.status,
    metadata: row.metadata,
    values: row.values,
    messages: messageRows.map(toMessage),
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}

export function threadNotFound(): AppError {
  return new AppError("not_found", { detail: "There is no such thread" });
}
