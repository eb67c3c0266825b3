import { type Agent, type AgentDefinition, AppError } from "@llamaagent/core";
import { schema, type TenantTx } from "@llamaagent/db";
import { definitionColumns, toAgent } from "./agent-row.ts";
import { withNameConflict } from "./name-conflict.ts";

export interface NewAgent {
  agentId: string;
  definition: AgentDefinition;
}

/** Version 1 of an agent. Error: `conflict` where the name is taken. */
export async function createAgent(tx: TenantTx, { agentId, definition }: NewAgent): Promise<Agent> {
  const key = { tenantId: tx.tenantId, agentId, version: 1 };
  const { name, metadata } = definition;
  const [agent] = await withNameConflict(name, () =>
    tx.orm
      .insert(schema.agents)
      .values({ ...key, name, metadata })
      .returning(),
  );
  if (agent === undefined) throw new AppError("internal");
  const first = { ...key, ...definitionColumns(definition) };
  await tx.orm.insert(schema.agentVersions).values(first);
  return toAgent({ ...agent, definition: first.definition });
}
