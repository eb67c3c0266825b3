import type { Database } from "@llamaagent/db";
import { CHUNK_BYTES } from "../blobs/blobs.ts";

export interface BlobReference {
  tenantId: string;
  /** Hex. */
  sha256: string;
  sizeBytes: number;
}

/** A part of a chunk. */
const PIECE_BYTES = 256 * 1024;

/**
 * A blob's bytes, 256 KiB at a time: however slow the reader, no transaction waits for it and one piece is
 * in memory. Each is a transaction of its own, which is safe: a blob never changes.
 */
export async function* readBlobPieces(
  db: Pick<Database, "tenant">,
  { tenantId, sha256, sizeBytes }: BlobReference,
): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < sizeBytes; from += PIECE_BYTES) {
    const chunk = Math.floor(from / CHUNK_BYTES);
    const [row] = await db.tenant(tenantId, (tx) =>
      tx.query<{ bytes: Uint8Array }>(
        `SELECT substring(bytes FROM $4::int FOR $5::int) AS bytes
         FROM blob_chunks WHERE tenant_id = $1 AND sha256 = $2 AND chunk = $3`,
        [tenantId, sha256, chunk, (from % CHUNK_BYTES) + 1, PIECE_BYTES],
      ),
    );
    if (row === undefined) throw new Error(`blob ${sha256} lacks chunk ${chunk}`);
    yield row.bytes;
  }
}
