import type { JsonObject, ThreadStatus, ThreadSummary } from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";
import { readPage } from "../read-page.ts";

export interface ThreadSearch {
  /** Each as it is asked for, at any depth (jsonb containment). */
  metadata?: JsonObject | undefined;
  values?: JsonObject | undefined;
  status?: ThreadStatus | undefined;
  limit: number;
  offset: number;
}

interface SummaryRow extends Omit<ThreadSummary, "created_at" | "updated_at"> {
  created_at: Date;
  updated_at: Date;
}

/**
 * Threads that match all that is asked for, newest first. Error: `invalid_request` where they have more
 * than 16 MiB together.
 */
export async function searchThreads(tx: TenantTx, search: ThreadSearch): Promise<ThreadSummary[]> {
  const { metadata, values, status, limit, offset } = search;
  const rows = await readPage<SummaryRow>(tx, {
    noun: "threads",
    sql: `SELECT thread_id, status, metadata, "values", created_at, updated_at,
        octet_length(metadata::text) + octet_length("values"::text) AS bytes
      FROM threads
      WHERE tenant_id = $1 AND ($2::jsonb IS NULL OR metadata @> $2) AND ($3::jsonb IS NULL OR "values" @> $3)
        AND ($4::text IS NULL OR status = $4)
      ORDER BY created_at DESC, thread_id LIMIT $5 OFFSET $6`,
    params: [tx.tenantId, metadata, values, status, limit, offset],
  });
  return rows.map((row) => ({
    thread_id: row.thread_id,
    status: row.status,
    metadata: row.metadata,
    values: row.values,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }));
}
