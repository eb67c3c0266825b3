import { AppError, type ThreadFile } from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";
import { threadNotFound } from "./find-thread.ts";
import { fileColumns, type FileRow, toThreadFile } from "./file-row.ts";

/** All files of a thread, by path. Error: `not_found` (the thread). */
export async function listThreadFiles(tx: TenantTx, threadId: string): Promise<ThreadFile[]> {
  const threads = await tx.query(`SELECT 1 FROM threads WHERE tenant_id = $1 AND thread_id = $2`, [
    tx.tenantId,
    threadId,
  ]);
  if (threads.length === 0) throw threadNotFound();
  return loadThreadFiles(tx, threadId);
}

/** What a run's workspace holds; empty for a thread that is not there. */
export async function loadThreadFiles(tx: TenantTx, threadId: string): Promise<ThreadFile[]> {
  const rows = await tx.query<FileRow>(
    `SELECT ${fileColumns} FROM thread_files WHERE tenant_id = $1 AND thread_id = $2 ORDER BY path COLLATE "C"`,
    [tx.tenantId, threadId],
  );
  return rows.map(toThreadFile);
}

/** `path` as from `threadFilePath`. Error: `not_found`. */
export async function findThreadFile(
  tx: TenantTx,
  threadId: string,
  path: string,
): Promise<ThreadFile> {
  const [row] = await tx.query<FileRow>(
    `SELECT ${fileColumns} FROM thread_files WHERE tenant_id = $1 AND thread_id = $2 AND path = $3`,
    [tx.tenantId, threadId, path],
  );
  if (row === undefined) throw fileNotFound();
  return toThreadFile(row);
}

/** The file's bytes stay: another thread may hold the same ones. Error: `not_found`. */
export async function deleteThreadFile(
  tx: TenantTx,
  threadId: string,
  path: string,
): Promise<void> {
  const deleted = await tx.query(
    `DELETE FROM thread_files WHERE tenant_id = $1 AND thread_id = $2 AND path = $3 RETURNING path`,
    [tx.tenantId, threadId, path],
  );
  if (deleted.length === 0) throw fileNotFound();
}

function fileNotFound(): AppError {
  return new AppError("not_found", { detail: "There is no such file in this thread" });
}
