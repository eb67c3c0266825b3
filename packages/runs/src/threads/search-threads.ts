import type { JsonObject, ThreadStatus, ThreadSummary } from "@llamaagent/core";
import { schema, type TenantTx } from "@llamaagent/db";
import { and, desc, eq, type SQL, sql } from "drizzle-orm";

const { threads } = schema;

export interface ThreadSearch {
  /** Each as it is asked for, at any depth (jsonb containment). */
  metadata?: JsonObject | undefined;
  values?: JsonObject | undefined;
  status?: ThreadStatus | undefined;
  limit: number;
  offset: number;
}

/** Threads that match all that is asked for, newest first. */
export async function searchThreads(tx: TenantTx, search: ThreadSearch): Promise<ThreadSummary[]> {
  const { metadata, values, status } = search;
  const contains = (
    column: typeof threads.metadata | typeof threads.values,
    json: JsonObject,
  ): SQL => sql`${column} @> ${JSON.stringify(json)}::jsonb`;
  const rows = await tx.orm
    .select()
    .from(threads)
    .where(
      and(
        eq(threads.tenantId, tx.tenantId),
        metadata && contains(threads.metadata, metadata),
        values && contains(threads.values, values),
        status && eq(threads.status, status),
      ),
    )
    .orderBy(desc(threads.createdAt), threads.threadId)
    .limit(search.limit)
    .offset(search.offset);
  return rows.map((row) => ({
    thread_id: row.threadId,
    status: row.status,
    metadata: row.metadata,
    values: row.values,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  }));
}
