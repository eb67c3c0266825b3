import { AppError, type JsonObject, type Thread } from "@llamaagent/core";
import { schema, type TenantTx } from "@llamaagent/db";
import { findThread } from "./find-thread.ts";

export interface NewThread {
  threadId: string;
  /** Free of NUL and lone surrogates: it is stored as jsonb. */
  metadata: JsonObject;
  ifExists: "raise" | "do_nothing";
}

/** Where the id is taken: `conflict`, or with `do_nothing` the thread that is there. */
export async function createThread(
  tx: TenantTx,
  { threadId, metadata, ifExists }: NewThread,
): Promise<Thread> {
  const created = await tx.orm
    .insert(schema.threads)
    .values({ tenantId: tx.tenantId, threadId, metadata })
    .onConflictDoNothing()
    .returning({ threadId: schema.threads.threadId });
  if (created.length === 0 && ifExists === "raise")
    throw new AppError("conflict", {
      detail: "There is already a thread with this id",
      errors: [{ pointer: "/thread_id", message: "is the id of another thread" }],
    });
  return findThread(tx, threadId);
}
