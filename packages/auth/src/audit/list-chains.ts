import type { Database } from "@llamaagent/db";

/** The tenants that have one, `PLATFORM_CHAIN` with them: for whoever has the database. */
export async function listChains(db: Database): Promise<string[]> {
  const rows = await db.system((tx) =>
    tx.query<{ tenant_id: string }>(
      `SELECT DISTINCT tenant_id FROM audit_records ORDER BY tenant_id`,
    ),
  );
  return rows.map(({ tenant_id: tenantId }) => tenantId);
}
