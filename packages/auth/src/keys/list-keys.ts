import type { TenantTx } from "@llamaagent/db";
import { type ApiKey, KEY_COLUMNS, keyNotFound, type KeyRow, toApiKey } from "./api-key.ts";

/** Newest first, with those that have ended. `before`: older ones than this alone. */
export async function listKeys(
  tx: TenantTx,
  { before, limit }: { before?: string | undefined; limit: number },
): Promise<ApiKey[]> {
  const rows = await tx.query<KeyRow>(
    `SELECT ${KEY_COLUMNS} FROM api_keys WHERE tenant_id = $1 AND ($2::uuid IS NULL OR key_id < $2)
     ORDER BY key_id DESC LIMIT $3`,
    [tx.tenantId, before ?? null, limit],
  );
  return rows.map(toApiKey);
}

/** Error: `not_found`. */
export async function findKey(tx: TenantTx, keyId: string): Promise<ApiKey> {
  const [row] = await tx.query<KeyRow>(
    `SELECT ${KEY_COLUMNS} FROM api_keys WHERE tenant_id = $1 AND key_id = $2`,
    [tx.tenantId, keyId],
  );
  if (row === undefined) throw keyNotFound();
  return toApiKey(row);
}
