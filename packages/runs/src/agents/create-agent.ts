import { type Agent, AgentDefinition, AppError } from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";
import { type AgentRow, toAgent } from "./agent-row.ts";
import { withNameConflict } from "./name-conflict.ts";

export interface NewAgent {
  agentId: string;
  definition: AgentDefinition;
}

/** Version 1 of an agent. Error: `conflict` where the name is taken. */
export async function createAgent(tx: TenantTx, { agentId, definition }: NewAgent): Promise<Agent> {
  const [row] = await withNameConflict(definition.name, () =>
    tx.query<AgentRow>(
      `WITH agent AS (
         INSERT INTO agents (tenant_id, agent_id, name, version, metadata) VALUES ($1, $2, $3, 1, $4::jsonb)
         RETURNING created_at, updated_at
       ), first AS (
         INSERT INTO agent_versions (tenant_id, agent_id, version, definition) VALUES ($1, $2, 1, $5)
         RETURNING agent_id, version, definition
       )
       SELECT agent_id, version, definition, created_at, updated_at FROM agent, first`,
      [
        tx.tenantId,
        agentId,
        definition.name,
        JSON.stringify(definition.metadata),
        JSON.stringify(definition),
      ],
    ),
  );
  if (row === undefined) throw new AppError("internal");
  return toAgent(row);
}
