import type { AgentDefinition } from "@llamaagent/core";
import { schema, type TenantTx } from "@llamaagent/db";
import { and, desc, eq, lt } from "drizzle-orm";
import { agentNotFound, referredAgent } from "./agent-reference.ts";
import { toDefinition } from "./agent-row.ts";

const { agents, agentVersions } = schema;

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
  const [agent] = await tx.orm
    .select({ agentId: agents.agentId })
    .from(agents)
    .where(referredAgent(tx, idOrName));
  if (agent === undefined) throw agentNotFound();
  const rows = await tx.orm
    .select()
    .from(agentVersions)
    .where(
      and(
        eq(agentVersions.tenantId, tx.tenantId),
        eq(agentVersions.agentId, agent.agentId),
        before === undefined ? undefined : lt(agentVersions.version, before),
      ),
    )
    .orderBy(desc(agentVersions.version))
    .limit(limit);
  return rows.map((row) => ({
    agent_id: row.agentId,
    version: row.version,
    ...toDefinition(row.definition),
    created_at: row.createdAt.toISOString(),
  }));
}
