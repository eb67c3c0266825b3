import { AppError } from "@llamaagent/core";
import type { Database, SystemTx } from "@llamaagent/db";
import { appendRecords } from "../audit/append-records.ts";
import type { CreatedApiKey } from "./api-key.ts";
import { insertKey } from "./insert-key.ts";

/**
 * The first key of an installation, of its default tenant's admin, who looks after all others too; also one
 * where no such key holds any more, for whoever has the database has everything. Error: `conflict` where one
 * does.
 */
export async function bootstrapKey(
  db: Database,
  { tenantId, keyId }: { tenantId: string; keyId: string },
): Promise<CreatedApiKey> {
  return db.system(async (tx) => {
    // Of two that come at once one is the first.
    await tx.query("SELECT pg_advisory_xact_lock(hashtext('llamaagent.bootstrap-key'))");
    const name = await adminKeyName(tx, tenantId);
    if (name !== undefined)
      throw new AppError("conflict", {
        detail: `There is an admin key ('${name}') already: create others with it`,
      });
    const key = await insertKey(tx, tenantId, {
      keyId,
      name: "bootstrap",
      subject: `key:${keyId}`,
      roles: ["admin", "platform_admin"],
      scopes: [],
      createdBy: "bootstrap",
    });
    await appendRecords(tx, [
      {
        tenant_id: tenantId,
        action: "keys.bootstrap",
        outcome: "done",
        subject: "cli",
        authenticated_by: "database",
        target_type: "key",
        target_id: keyId,
        count: 1,
        detail: { roles: key.roles },
      },
    ]);
    return key;
  });
}

export async function hasAdminKey(db: Database, tenantId: string): Promise<boolean> {
  return (await db.system((tx) => adminKeyName(tx, tenantId))) !== undefined;
}

/** Of one that holds, and is narrowed by nothing. */
async function adminKeyName(tx: SystemTx, tenantId: string): Promise<string | undefined> {
  const [admin] = await tx.query<{ name: string }>(
    `SELECT name FROM api_keys WHERE tenant_id = $1 AND roles @> '{admin,platform_admin}' AND cardinality(scopes) = 0
       AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now()) LIMIT 1`,
    [tenantId],
  );
  return admin?.name;
}
