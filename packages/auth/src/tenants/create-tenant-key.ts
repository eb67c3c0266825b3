import { AppError } from "@llamaagent/core";
import type { Database } from "@llamaagent/db";
import { type Actor, recordTenantAct } from "../audit/record-act.ts";
import type { CreatedApiKey } from "../keys/api-key.ts";
import { assertMayGrant, originOf } from "../keys/create-key.ts";
import { insertKey, type NewKey } from "../keys/insert-key.ts";
import { BY_PLATFORM, tenantNotFound } from "./tenant.ts";

/** The most that a key of another tenant may do. */
const TENANT_ADMIN = { roles: ["admin" as const], scopes: [] };

/**
 * A key of another tenant, as where its last admin key was lost. Errors: `not_found`, `conflict` for
 * the own tenant, `forbidden` where it could do more than an admin of the tenant, and as of `createKey`.
 */
export async function createTenantKey(
  db: Database,
  creator: Actor,
  { tenantId, ...key }: NewKey & { tenantId: string },
): Promise<CreatedApiKey> {
  if (tenantId === creator.tenantId)
    throw new AppError("conflict", { detail: "A key of your own tenant is made by its admin" });
  assertMayGrant(TENANT_ADMIN, key);
  return db.system(async (tx) => {
    const { notAfter } = await originOf(tx, creator);
    const found = await tx.query(`SELECT FROM tenants WHERE tenant_id = $1`, [tenantId]);
    if (found.length === 0) throw tenantNotFound();
    const created = await insertKey(tx, tenantId, { ...key, createdBy: BY_PLATFORM, notAfter });
    const { key_id: id, name, subject, roles, scopes } = created;
    await recordTenantAct(tx, creator, {
      tenantId,
      action: "tenants.create_key",
      target: { type: "key", id },
      detail: { tenant_id: tenantId, name, subject, roles, scopes },
    });
    return created;
  });
}
