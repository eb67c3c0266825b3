import { AppError, type Principal } from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";
import { type CreatedApiKey, KEY_COLUMNS, keyNotFound, type KeyRow } from "./api-key.ts";
import { assertMayGrant } from "./create-key.ts";
import { insertKey } from "./insert-key.ts";

export interface RotateKey {
  keyId: string;
  newKeyId: string;
  /** For which the old key holds beside the new one, at most. */
  overlapSeconds: number;
}

/**
 * A new key in the place of another: for the same subject, with the same roles, scopes and lifetime. Errors:
 * `not_found`, `conflict` where the key has ended, `forbidden` as of `createKey`.
 */
export async function rotateKey(
  tx: TenantTx,
  by: Principal,
  { keyId, newKeyId, overlapSeconds }: RotateKey,
): Promise<CreatedApiKey> {
  const [old] = await tx.query<KeyRow & { has_ended: boolean; lifetime: number | null }>(
    `SELECT ${KEY_COLUMNS}, revoked_at IS NOT NULL OR coalesce(expires_at <= now(), false) AS has_ended,
       extract(epoch FROM expires_at - created_at)::float8 AS lifetime
     FROM api_keys WHERE tenant_id = $1 AND key_id = $2 FOR UPDATE`,
    [tx.tenantId, keyId],
  );
  if (old === undefined) throw keyNotFound();
  if (old.has_ended)
    throw new AppError("conflict", { detail: "The key has ended: create another" });
  assertMayGrant(by, old);
  await tx.query(
    `UPDATE api_keys SET expires_at = least(expires_at, now() + make_interval(secs => $3))
     WHERE tenant_id = $1 AND key_id = $2`,
    [tx.tenantId, keyId, overlapSeconds],
  );
  const { name, subject, roles, scopes } = old;
  return insertKey(tx, tx.tenantId, {
    keyId: newKeyId,
    name,
    subject,
    roles,
    scopes,
    createdBy: by.subject,
    expiresInSeconds: old.lifetime ?? undefined,
  });
}
