import type { Database } from "@llamaagent/db";

export interface StoredThings {
  tenantId: string;
  /** By table of tenants: how many rows are the tenant's, and a hash of all that is in them. */
  rows: Readonly<Record<string, string>>;
}

/** All that is stored of a tenant which nobody works for, in every table that there is. */
export async function storedThings(db: Database, tenantId: string): Promise<StoredThings> {
  return db.system(async (tx) => {
    const tables = await tx.query<{ name: string }>(
      `SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
       WHERE a.attname = 'tenant_id' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
         AND c.relnamespace = 'public'::regnamespace ORDER BY 1`,
    );
    const rows: Record<string, string> = {};
    for (const { name } of tables) {
      const [row] = await tx.query<{ things: string }>(
        `SELECT count(*) || ' ' || coalesce(md5(string_agg(it::text, '' ORDER BY it::text)), '') AS things
         FROM ${name} AS it WHERE tenant_id = $1`,
        [tenantId],
      );
      rows[name] = row?.things ?? "";
    }
    return { tenantId, rows };
  });
}
