import type { ThreadFile } from "@llamaagent/core";

export const fileColumns = `path, size_bytes, sha256, media_type, created_at`;

export interface FileRow {
  path: string;
  size_bytes: number;
  sha256: string;
  media_type: string;
  created_at: Date;
}

export function toThreadFile(row: FileRow): ThreadFile {
  return {
    path: row.path,
    size_bytes: row.size_bytes,
    sha256: row.sha256,
    media_type: row.media_type,
    created_at: row.created_at.toISOString(),
  };
}
