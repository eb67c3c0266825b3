import type { AgentDefinition } from "@llamaagent/core";
import { schema, type TenantTx } from "@llamaagent/db";
import { readPage } from "../read-page.ts";
import { agentNotFound, referredAgent } from "./agent-reference.ts";
import { toDefinition } from "./agent-row.ts";

const { agents } = schema;

type VersionRow = Pick<
  typeof schema.agentVersions.$inferSelect,
  "version" | "definition" | "createdAt"
>;

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

/**
 * The newest first. Error: `not_found`, also for a deleted agent; `invalid_request` where they have more
 * than 16 MiB together.
 */
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
  const rows = await readPage<VersionRow>(tx, {
    noun: "versions",
    sql: `SELECT version, definition, created_at AS "createdAt", octet_length(definition) AS bytes
      FROM agent_versions WHERE tenant_id = $1 AND agent_id = $2 AND ($3::int IS NULL OR version < $3)
      ORDER BY version DESC LIMIT $4`,
    params: [tx.tenantId, agent.agentId, before ?? null, limit],
  });
  return rows.map((row) => ({
    agent_id: agent.agentId,
    version: row.version,
    ...toDefinition(row.definition),
    created_at: row.createdAt.toISOString(),
  }));
}
