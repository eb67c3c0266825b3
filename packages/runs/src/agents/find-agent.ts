import type { Agent } from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";
import { agentNotFound, referenceColumn } from "./agent-reference.ts";
import { type AgentRow, toAgent } from "./agent-row.ts";

/** The newest version. Error: `not_found`, also for a deleted agent. */
export async function findAgent(tx: TenantTx, idOrName: string): Promise<Agent> {
  const [row] = await tx.query<AgentRow>(
    `SELECT agent_id, version, v.definition, a.created_at, a.updated_at
     FROM agents a JOIN agent_versions v USING (tenant_id, agent_id, version)
     WHERE tenant_id = $1 AND ${referenceColumn(idOrName)} = $2 AND a.deleted_at IS NULL`,
    [tx.tenantId, idOrName],
  );
  if (row === undefined) throw agentNotFound();
  return toAgent(row);
}
