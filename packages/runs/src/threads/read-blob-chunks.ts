import type { Database } from "@llamaagent/db";
import { CHUNK_BYTES } from "../blobs/blobs.ts";

export interface BlobReference {
  tenantId: string;
  /** Hex. */
  sha256: string;
  sizeBytes: number;
}

/**
 * A blob's bytes, 1 MiB at a time: however slow the reader, no transaction waits for it and one chunk is
 * in memory. Each chunk is a transaction of its own, which is safe: a blob never changes.
 */
export async function* readBlobChunks(
  db: Pick<Database, "tenant">,
  { tenantId, sha256, sizeBytes }: BlobReference,
): AsyncGenerator<Uint8Array> {
  for (let chunk = 0; chunk * CHUNK_BYTES < sizeBytes; chunk += 1) {
    const [row] = await db.tenant(tenantId, (tx) =>
      tx.query<{ bytes: Uint8Array }>(
        `SELECT bytes FROM blob_chunks WHERE tenant_id = $1 AND sha256 = $2 AND chunk = $3`,
        [tenantId, sha256, chunk],
      ),
    );
    if (row === undefined) throw new Error(`blob ${sha256} lacks chunk ${chunk}`);
    yield row.bytes;
  }
}
