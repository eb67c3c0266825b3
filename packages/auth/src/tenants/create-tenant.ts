import type { Database, Tx } from "@llamaagent/db";
import { type Actor, recordTenantAct } from "../audit/record-act.ts";
import type { CreatedApiKey } from "../keys/api-key.ts";
import { originOf } from "../keys/create-key.ts";
import { insertKey } from "../keys/insert-key.ts";
import {
  BY_PLATFORM,
  nameTaken,
  TENANT_COLUMNS,
  type Tenant,
  type TenantRow,
  toTenant,
} from "./tenant.ts";

export interface NewTenant {
  tenantId: string;
  name: string;
  /** Of its first key. */
  keyId: string;
  /** What else a tenant begins with, in the same transaction. */
  furnish: (tx: Tx, tenantId: string) => Promise<unknown>;
}

export interface CreatedTenant extends Tenant {
  /** An admin's, who makes all others of the tenant. */
  admin_key: CreatedApiKey;
}

/**
 * A tenant with its first key. Errors: `conflict` where the name is taken, `unauthorized` where the creator's
 * own key has ended.
 */
export async function createTenant(
  db: Database,
  creator: Actor,
  { tenantId, name, keyId, furnish }: NewTenant,
): Promise<CreatedTenant> {
  return db.system(async (tx) => {
    const { notAfter } = await originOf(tx, creator);
    const [row] = await tx.query<TenantRow>(
      `INSERT INTO tenants (tenant_id, name, created_by) VALUES ($1, $2, $3)
       ON CONFLICT (name) DO NOTHING RETURNING ${TENANT_COLUMNS}`,
      [tenantId, name, creator.subject],
    );
    if (row === undefined) throw nameTaken(name);
    const key = await insertKey(tx, tenantId, {
      createdBy: BY_PLATFORM,
      notAfter,
      keyId,
      name: "first",
      subject: `key:${keyId}`,
      roles: ["admin"],
      scopes: [],
    });
    await furnish(tx, tenantId);
    await recordTenantAct(tx, creator, {
      tenantId,
      action: "tenants.create",
      target: { type: "tenant", id: tenantId },
      detail: { name },
    });
    return { ...toTenant(row), admin_key: key };
  });
}
