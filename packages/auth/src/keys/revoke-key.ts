import type { TenantTx } from "@llamaagent/db";
import { keyNotFound } from "./api-key.ts";

/** For good; of one that is revoked already nothing changes. Error: `not_found`. */
export async function revokeKey(tx: TenantTx, keyId: string): Promise<void> {
  const [revoked] = await tx.query(
    `UPDATE api_keys SET revoked_at = coalesce(revoked_at, now()) WHERE tenant_id = $1 AND key_id = $2
     RETURNING key_id`,
    [tx.tenantId, keyId],
  );
  if (revoked === undefined) throw keyNotFound();
}
