import type { AgentDefinition } from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";
import { agentNotFound, referenceColumn } from "./agent-reference.ts";
import { toDefinition } from "./agent-row.ts";

export interface AgentVersion extends AgentDefinition {
  agent_id: string;
  version: number;
  created_at: string;
}

export interface VersionPage {
  limit: number;
  /** Only versions below this one. */
  before?: number;
}

/** The newest first. Error: `not_found`, also for a deleted agent. */
export async function listAgentVersions(
  tx: TenantTx,
  idOrName: string,
  { limit, before }: VersionPage,
): Promise<AgentVersion[]> {
  const [agent] = await tx.query<{ agent_id: string }>(
    `SELECT agent_id FROM agents
     WHERE tenant_id = $1 AND ${referenceColumn(idOrName)} = $2 AND deleted_at IS NULL`,
    [tx.tenantId, idOrName],
  );
  if (agent === undefined) throw agentNotFound();
  const rows = await tx.query<{ version: number; definition: string; created_at: Date }>(
    `SELECT version, definition, created_at FROM agent_versions
     WHERE tenant_id = $1 AND agent_id = $2 AND version < $3 ORDER BY version DESC LIMIT $4`,
    [tx.tenantId, agent.agent_id, before ?? 2 ** 31 - 1, limit],
  );
  return rows.map((row) => ({
    agent_id: agent.agent_id,
    version: row.version,
    ...toDefinition(row.definition),
    created_at: row.created_at.toISOString(),
  }));
}
