import type { Agent } from "@llamaagent/core";
import { schema, type TenantTx } from "@llamaagent/db";
import { and, eq } from "drizzle-orm";
import { agentNotFound, referredAgent } from "./agent-reference.ts";
import { type AgentRow, toAgent } from "./agent-row.ts";

const { agents, agentVersions } = schema;

/** The newest version. Error: `not_found`, also for a deleted agent. */
export async function findAgent(tx: TenantTx, idOrName: string): Promise<Agent> {
  return toAgent(await findAgentRow(tx, idOrName));
}

/** Error: `not_found`, also for a deleted agent. */
export async function findAgentRow(tx: TenantTx, idOrName: string): Promise<AgentRow> {
  const [row] = await tx.orm
    .select({
      agentId: agents.agentId,
      version: agents.version,
      definition: agentVersions.definition,
      createdAt: agents.createdAt,
      updatedAt: agents.updatedAt,
    })
    .from(agents)
    .innerJoin(
      agentVersions,
      and(
        eq(agentVersions.tenantId, agents.tenantId),
        eq(agentVersions.agentId, agents.agentId),
        eq(agentVersions.version, agents.version),
      ),
    )
    .where(referredAgent(tx, idOrName));
  if (row === undefined) throw agentNotFound();
  return row;
}
