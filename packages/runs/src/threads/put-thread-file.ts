import { AppError, type ThreadFile } from "@llamaagent/core";
import { schema, type TenantTx } from "@llamaagent/db";
import { getTableColumns, sql } from "drizzle-orm";
import { writeBlob } from "../blobs/blobs.ts";
import { tenantLimit } from "../tenant-limit.ts";
import { touchFileBytes } from "./thread-files.ts";
import { toThreadFile } from "./file-row.ts";
import { threadNotFound } from "./find-thread.ts";

const { threadFiles } = schema;

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
 * 1,000 files a thread, or as much as the tenant may have), `conflict` where a part of the path is a file, or the path a folder.
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
  const place = { threadId, path, sizeBytes: bytes.byteLength };
  await checkRoom(tx, place);
  await checkRoomOfTenant(tx, place);
  await touchFileBytes(tx, threadId, path);
  const sha256 = await writeBlob(tx, tx.tenantId, bytes);
  const content = { sha256, sizeBytes: bytes.byteLength, mediaType };
  const [row] = await tx.orm
    .insert(threadFiles)
    .values({ tenantId: tx.tenantId, threadId, path, ...content })
    .onConflictDoUpdate({
      target: [threadFiles.tenantId, threadFiles.threadId, threadFiles.path],
      set: { ...content, createdAt: sql`now()` },
    })
    .returning({ ...getTableColumns(threadFiles), created: sql<boolean>`xmax = 0` });
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

/** Uploads to several threads at one moment do not see each other: they may pass the limit together. */
async function checkRoomOfTenant(
  tx: TenantTx,
  { threadId, path, sizeBytes }: { threadId: string; path: string; sizeBytes: number },
): Promise<void> {
  const [room] = await tx.query<{ most: number; bytes: number }>(
    `SELECT ${tenantLimit("file_bytes", "$1")}::float8 AS most, coalesce(sum(size_bytes), 0)::float8 AS bytes
     FROM thread_files WHERE tenant_id = $1 AND NOT (thread_id = $2 AND path = $3)`,
    [tx.tenantId, threadId, path],
  );
  if (room !== undefined && room.bytes + sizeBytes > room.most)
    throw new AppError("payload_too_large", {
      detail: `The files of the tenant hold at most ${room.most} bytes together`,
    });
}
