import { AppError, type Principal } from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";
import { type CreatedApiKey, KEY_COLUMNS, keyNotFound, type KeyRow } from "./api-key.ts";
import { assertMayGrant, originOf } from "./create-key.ts";
import { insertKey } from "./insert-key.ts";

export interface RotateKey {
  keyId: string;
  newKeyId: string;
  /** For which the old key holds beside the new one, at most. */
  overlapSeconds: number;
}

interface OldKey extends KeyRow {
  has_ended: boolean;
  /** Seconds from its beginning to its end. */
  lifetime: number | null;
  successor: string | null;
}

/**
 * A new key in the place of another: for the same subject, with the same roles, scopes and lifetime. Errors:
 * `not_found`, `conflict` where the key has ended or has a successor, and as of `createKey`.
 */
export async function rotateKey(
  tx: TenantTx,
  by: Principal,
  { keyId, newKeyId, overlapSeconds }: RotateKey,
): Promise<CreatedApiKey> {
  const origin = await originOf(tx, by);
  const old = await lockKey(tx, keyId);
  if (old.successor !== null)
    throw new AppError("conflict", {
      detail: `The key ${old.successor} came in its place: rotate that one`,
    });
  if (old.has_ended)
    throw new AppError("conflict", { detail: "The key has ended: create another" });
  assertMayGrant(by, old);
  const { name, subject, roles, scopes } = old;
  const fresh = await insertKey(tx, tx.tenantId, {
    ...origin,
    keyId: newKeyId,
    replaces: keyId,
    name,
    subject,
    roles,
    scopes,
    expiresInSeconds: old.lifetime ?? undefined,
  });
  await tx.query(
    `UPDATE api_keys SET expires_at = least(expires_at, now() + make_interval(secs => $3))
     WHERE tenant_id = $1 AND key_id = $2`,
    [tx.tenantId, keyId, overlapSeconds],
  );
  return fresh;
}

/** Against another rotation, and a revocation. Error: `not_found`. */
async function lockKey(tx: TenantTx, keyId: string): Promise<OldKey> {
  const lock = `SELECT 1 FROM api_keys WHERE tenant_id = $1 AND key_id = $2 FOR UPDATE`;
  if ((await tx.query(lock, [tx.tenantId, keyId])).length === 0) throw keyNotFound();
  // By a statement of its own: it sees what the transaction that was waited for has left.
  const [old] = await tx.query<OldKey>(
    `SELECT ${KEY_COLUMNS}, revoked_at IS NOT NULL OR coalesce(expires_at <= now(), false) AS has_ended,
       extract(epoch FROM expires_at - created_at)::float8 AS lifetime,
       (SELECT key_id FROM api_keys WHERE tenant_id = $1 AND replaces = $2) AS successor
     FROM api_keys WHERE tenant_id = $1 AND key_id = $2`,
    [tx.tenantId, keyId],
  );
  if (old === undefined) throw keyNotFound();
  return old;
}
