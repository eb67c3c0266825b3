import type { TenantTx } from "@llamaagent/db";
import { agentNotFound, referenceColumn } from "./agent-reference.ts";

/** Soft: runs keep the version that they pinned, and the name is free again. Error: `not_found`. */
export async function deleteAgent(tx: TenantTx, idOrName: string): Promise<void> {
  const deleted = await tx.query(
    `UPDATE agents SET deleted_at = now(), updated_at = now()
     WHERE tenant_id = $1 AND ${referenceColumn(idOrName)} = $2 AND deleted_at IS NULL RETURNING agent_id`,
    [tx.tenantId, idOrName],
  );
  if (deleted.length === 0) throw agentNotFound();
}
