import { AppError, type ThreadFile } from "@llamaagent/core";
import { schema, type TenantTx } from "@llamaagent/db";
import { and, eq, type SQL, sql } from "drizzle-orm";
import { toThreadFile } from "./file-row.ts";
import { threadNotFound } from "./find-thread.ts";

const { threads, threadFiles } = schema;

/** All files of a thread, by path. Error: `not_found` (the thread). */
export async function listThreadFiles(tx: TenantTx, threadId: string): Promise<ThreadFile[]> {
  const [thread] = await tx.orm
    .select({ threadId: threads.threadId })
    .from(threads)
    .where(and(eq(threads.tenantId, tx.tenantId), eq(threads.threadId, threadId)));
  if (thread === undefined) throw threadNotFound();
  return loadThreadFiles(tx, threadId);
}

/** What a run's workspace holds; empty for a thread that is not there. */
export async function loadThreadFiles(tx: TenantTx, threadId: string): Promise<ThreadFile[]> {
  const rows = await tx.orm
    .select()
    .from(threadFiles)
    .where(and(eq(threadFiles.tenantId, tx.tenantId), eq(threadFiles.threadId, threadId)))
    .orderBy(sql`${threadFiles.path} COLLATE "C"`);
  return rows.map(toThreadFile);
}

/** `path` as from `threadFilePath`. Error: `not_found`. */
export async function findThreadFile(
  tx: TenantTx,
  threadId: string,
  path: string,
): Promise<ThreadFile> {
  const [row] = await tx.orm
    .select()
    .from(threadFiles)
    .where(fileAt(tx, threadId, path));
  if (row === undefined) throw fileNotFound();
  return toThreadFile(row);
}

/** The file's bytes stay: another thread may hold the same ones. Error: `not_found`. */
export async function deleteThreadFile(
  tx: TenantTx,
  threadId: string,
  path: string,
): Promise<void> {
  await touchFileBytes(tx, threadId, path);
  const deleted = await tx.orm
    .delete(threadFiles)
    .where(fileAt(tx, threadId, path))
    .returning({ path: threadFiles.path });
  if (deleted.length === 0) throw fileNotFound();
}

/** A reference goes away: whoever reads the bytes now, a chunk at a time, has a day to finish. */
export async function touchFileBytes(tx: TenantTx, threadId: string, path: string): Promise<void> {
  await tx.query(
    `UPDATE blobs SET touched_at = now() WHERE tenant_id = $1 AND sha256 = (
       SELECT sha256 FROM thread_files WHERE tenant_id = $1 AND thread_id = $2 AND path = $3)`,
    [tx.tenantId, threadId, path],
  );
}

function fileAt(tx: TenantTx, threadId: string, path: string): SQL | undefined {
  return and(
    eq(threadFiles.tenantId, tx.tenantId),
    eq(threadFiles.threadId, threadId),
    eq(threadFiles.path, path),
  );
}

function fileNotFound(): AppError {
  return new AppError("not_found", { detail: "There is no such file in this thread" });
}
