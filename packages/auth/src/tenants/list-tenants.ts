import type { Database } from "@llamaagent/db";
import { TENANT_COLUMNS, type Tenant, tenantNotFound, type TenantRow, toTenant } from "./tenant.ts";

/** Newest first. `before`: older ones than this alone. */
export async function listTenants(
  db: Database,
  { before, limit }: { before?: string | undefined; limit: number },
): Promise<Tenant[]> {
  const rows = await db.system((tx) =>
    tx.query<TenantRow>(
      `SELECT ${TENANT_COLUMNS} FROM tenants WHERE $1::uuid IS NULL OR tenant_id < $1
       ORDER BY tenant_id DESC LIMIT $2`,
      [before ?? null, limit],
    ),
  );
  return rows.map(toTenant);
}

/** Error: `not_found`. */
export async function findTenant(db: Database, tenantId: string): Promise<Tenant> {
  const [row] = await db.system((tx) =>
    tx.query<TenantRow>(`SELECT ${TENANT_COLUMNS} FROM tenants WHERE tenant_id = $1`, [tenantId]),
  );
  if (row === undefined) throw tenantNotFound();
  return toTenant(row);
}
