import { AppError, type Principal } from "@llamaagent/core";
import type { TenantTx, Tx } from "@llamaagent/db";
import { type Grants, permissionsOf } from "../permissions.ts";
import type { CreatedApiKey } from "./api-key.ts";
import { insertKey, type KeyOrigin, type NewKey } from "./insert-key.ts";

/**
 * A key that may do no more than its creator, and lasts no longer. Errors: `forbidden` where it could do
 * more, `invalid_request` where it could do nothing, and as of `originOf`.
 */
export async function createKey(
  tx: TenantTx,
  creator: Principal,
  key: NewKey,
): Promise<CreatedApiKey> {
  assertMayGrant(creator, key);
  return insertKey(tx, tx.tenantId, { ...key, ...(await originOf(tx, creator)) });
}

/** Nobody gives what they have not. */
export function assertMayGrant(creator: Grants, granted: Grants): void {
  const own = permissionsOf(creator);
  const given = permissionsOf(granted);
  if (given.length === 0)
    throw new AppError("invalid_request", {
      errors: [{ pointer: "/scopes", message: "name nothing that the roles allow" }],
    });
  const beyond = given.filter((permission) => !own.includes(permission));
  if (beyond.length > 0)
    throw new AppError("forbidden", {
      detail: `A key may do no more than who makes it; this one could also ${beyond.join(", ")}`,
    });
}

/**
 * Locks the creator's key, so that none is made with one that is being revoked. Errors: `unauthorized`;
 * `forbidden` to a token, which would live on in the key.
 */
export async function originOf(
  tx: Tx,
  { tenantId, subject, keyId, expiresAtMs }: Principal,
): Promise<KeyOrigin> {
  if (expiresAtMs !== undefined)
    throw new AppError("forbidden", { detail: "A key is made with a key, not with a token" });
  if (keyId === undefined) return { createdBy: subject };
  const [own] = await tx.query<{ expires_at: Date | null }>(
    `SELECT expires_at FROM api_keys WHERE tenant_id = $1 AND key_id = $2 AND revoked_at IS NULL
       AND (expires_at IS NULL OR expires_at > now()) FOR UPDATE`,
    [tenantId, keyId],
  );
  if (own === undefined) throw new AppError("unauthorized");
  return { createdBy: subject, createdByKey: keyId, notAfter: own.expires_at };
}
