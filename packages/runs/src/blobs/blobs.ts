import { createHash } from "node:crypto";
import { AppError } from "@llamaagent/core";
import type { Tx } from "@llamaagent/db";

export const CHUNK_BYTES = 1024 * 1024;

/** Stores bytes under their SHA-256 (hex), which it returns; bytes that are there already are not stored again. */
export async function writeBlob(tx: Tx, tenantId: string, bytes: Uint8Array): Promise<string> {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const [blob] = await tx.query<{ added: boolean }>(
    // Touched where it is there: the collector leaves it alone from now on.
    `INSERT INTO blobs AS b (tenant_id, sha256, size_bytes) VALUES ($1, $2, $3)
     ON CONFLICT (tenant_id, sha256) DO UPDATE SET touched_at = now() RETURNING xmax = 0 AS added`,
    [tenantId, sha256, bytes.byteLength],
  );
  if (!blob?.added) return sha256;
  for (let chunk = 0; chunk * CHUNK_BYTES < bytes.byteLength; chunk += 1) {
    await tx.query(
      `INSERT INTO blob_chunks (tenant_id, sha256, chunk, bytes) VALUES ($1, $2, $3, $4)`,
      [tenantId, sha256, chunk, bytes.subarray(chunk * CHUNK_BYTES, (chunk + 1) * CHUNK_BYTES)],
    );
  }
  return sha256;
}

const RESULT_BYTES_MAX = 256 * 1024;

/** Where a step's result goes: into its row, or past 256 KiB into a blob. */
export async function storeResult(
  tx: Tx,
  tenantId: string,
  result: string | undefined,
): Promise<{ text: string | null; sha256: string | null }> {
  if (result === undefined || Buffer.byteLength(result) <= RESULT_BYTES_MAX)
    return { text: result ?? null, sha256: null };
  return { text: null, sha256: await writeBlob(tx, tenantId, Buffer.from(result)) };
}

/** Error: `not_found`. */
export async function readBlob(tx: Tx, tenantId: string, sha256: string): Promise<Uint8Array> {
  const [blob] = await tx.query(`SELECT 1 FROM blobs WHERE tenant_id = $1 AND sha256 = $2`, [
    tenantId,
    sha256,
  ]);
  if (blob === undefined) throw new AppError("not_found", { detail: "There is no such blob" });
  const chunks = await tx.query<{ bytes: Uint8Array }>(
    `SELECT bytes FROM blob_chunks WHERE tenant_id = $1 AND sha256 = $2 ORDER BY chunk`,
    [tenantId, sha256],
  );
  return Buffer.concat(chunks.map(({ bytes }) => bytes));
}
