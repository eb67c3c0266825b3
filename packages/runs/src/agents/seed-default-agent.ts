import { AgentDefinition } from "@llamaagent/core";
import type { Tx } from "@llamaagent/db";
import { definitionColumns } from "./agent-row.ts";

export interface DefaultAgent {
  tenantId: string;
  agentId: string;
  /** `provider/model` */
  model: string;
  tools: string[];
}

/**
 * Creates the agent `default` on the first start: a tenant that has, or ever had, one keeps what it
 * made of it. Safe where replicas start together. True where it was created.
 */
export async function seedDefaultAgent(
  tx: Tx,
  { tenantId, agentId, model, tools }: DefaultAgent,
): Promise<boolean> {
  const definition = AgentDefinition.parse({
    name: "default",
    description: "Answers runs that name no agent",
    model,
    tools,
  });
  const { definition: text, timeoutSeconds } = definitionColumns(definition);
  const created = await tx.query(
    `WITH agent AS (
       INSERT INTO agents (tenant_id, agent_id, name, version)
       SELECT $1, $2, 'default', 1 WHERE NOT EXISTS (SELECT FROM agents WHERE tenant_id = $1 AND name = 'default')
       ON CONFLICT (tenant_id, name) WHERE deleted_at IS NULL DO NOTHING
       RETURNING tenant_id, agent_id, version
     )
     INSERT INTO agent_versions (tenant_id, agent_id, version, definition, timeout_seconds)
     SELECT tenant_id, agent_id, version, $3, $4 FROM agent RETURNING agent_id`,
    [tenantId, agentId, text, timeoutSeconds],
  );
  return created.length > 0;
}
