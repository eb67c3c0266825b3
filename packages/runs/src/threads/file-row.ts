import type { ThreadFile } from "@llamaagent/core";
import type { schema } from "@llamaagent/db";

export function toThreadFile(row: typeof schema.threadFiles.$inferSelect): ThreadFile {
  return {
    path: row.path,
    size_bytes: row.sizeBytes,
    sha256: row.sha256,
    media_type: row.mediaType,
    created_at: row.createdAt.toISOString(),
  };
}
