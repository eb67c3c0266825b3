import { AppError, type ThreadFile } from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";
import { writeBlob } from "../blobs.ts";
import { threadNotFound } from "./find-thread.ts";
import { fileColumns, type FileRow, toThreadFile } from "./file-row.ts";

export const FILE_BYTES_MAX = 10 * 1024 * 1024;
const THREAD_BYTES_MAX = 100 * 1024 * 1024;
const THREAD_FILES_MAX = 1000;

export interface NewThreadFile {
  threadId: string;
  /** As from `threadFilePath`. */
  path: string;
  mediaType: string;
  /** At most `FILE_BYTES_MAX`. */
  bytes: Uint8Array;
}

/**
 * Stores a file or replaces it. Errors: `not_found` (the thread), `payload_too_large` (100 MiB or
 * 1,000 files a thread), `conflict` where a part of the path is a file, or the path a folder.
 */
export async function putThreadFile(
  tx: TenantTx,
  { threadId, path, mediaType, bytes }: NewThreadFile,
): Promise<{ file: ThreadFile; created: boolean }> {
  // The lock makes the sums below true until the commit.
  const threads = await tx.query(
    `SELECT 1 FROM threads WHERE tenant_id = $1 AND thread_id = $2 FOR NO KEY UPDATE`,
    [tx.tenantId, threadId],
  );
  if (threads.length === 0) throw threadNotFound();
  await checkRoom(tx, { threadId, path, sizeBytes: bytes.byteLength });
  const sha256 = await writeBlob(tx, tx.tenantId, bytes);
  const [row] = await tx.query<FileRow & { created: boolean }>(
    `INSERT INTO thread_files (tenant_id, thread_id, path, sha256, size_bytes, media_type) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (tenant_id, thread_id, path) DO UPDATE SET sha256 = excluded.sha256,
       size_bytes = excluded.size_bytes, media_type = excluded.media_type, created_at = now()
     RETURNING ${fileColumns}, xmax = 0 AS created`,
    [tx.tenantId, threadId, path, sha256, bytes.byteLength, mediaType],
  );
  if (row === undefined) throw new AppError("internal");
  return { file: toThreadFile(row), created: row.created };
}

async function checkRoom(
  tx: TenantTx,
  file: { threadId: string; path: string; sizeBytes: number },
): Promise<void> {
  const [others] = await tx.query<{ files: number; bytes: number; clashes: number }>(
    `SELECT count(*)::int AS files, coalesce(sum(size_bytes), 0)::int AS bytes,
       count(*) FILTER (WHERE starts_with(path, $3 || '/') OR starts_with($3, path || '/'))::int AS clashes
     FROM thread_files WHERE tenant_id = $1 AND thread_id = $2 AND path <> $3`,
    [tx.tenantId, file.threadId, file.path],
  );
  if (others === undefined) throw new AppError("internal");
  // A workspace is a folder: a name is a file there or a folder, not both.
  if (others.clashes > 0)
    throw new AppError("conflict", {
      detail: "A part of the path is a file of this thread, or the path is a folder of it",
    });
  if (others.files >= THREAD_FILES_MAX)
    throw new AppError("payload_too_large", {
      detail: `A thread holds at most ${THREAD_FILES_MAX} files`,
    });
  if (others.bytes + file.sizeBytes > THREAD_BYTES_MAX)
    throw new AppError("payload_too_large", {
      detail: `The files of a thread hold at most ${THREAD_BYTES_MAX} bytes together`,
    });
}
