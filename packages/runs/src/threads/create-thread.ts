import { AppError, type JsonObject, type Thread } from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";
import { findThread } from "./find-thread.ts";

export interface NewThread {
  threadId: string;
  /** Free of NUL and lone surrogates: it is stored as jsonb. */
  metadata: JsonObject;
  ifExists: "raise" | "do_nothing";
}

/** Where the id is taken: `conflict`, or with `do_nothing` the thread that is there. */
export async function createThread(tx: TenantTx, thread: NewThread): Promise<Thread> {
  const created = await tx.query(
    `INSERT INTO threads (tenant_id, thread_id, metadata) VALUES ($1, $2, $3::jsonb)
     ON CONFLICT DO NOTHING RETURNING thread_id`,
    [tx.tenantId, thread.threadId, JSON.stringify(thread.metadata)],
  );
  if (created.length === 0 && thread.ifExists === "raise")
    throw new AppError("conflict", {
      detail: "There is already a thread with this id",
      errors: [{ pointer: "/thread_id", message: "is the id of another thread" }],
    });
  return findThread(tx, thread.threadId);
}
