import type { Agent, JsonObject } from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";
import { readPage } from "../read-page.ts";
import { type AgentRow, toAgent } from "./agent-row.ts";

export interface AgentSearch {
  /** Part of the name, in any case; empty: any. */
  name: string;
  /** What the metadata holds at least; `{}`: any. */
  metadata: JsonObject;
  limit: number;
  offset: number;
}

/** The newest first. Error: `invalid_request` where they have more than 16 MiB together. */
export async function searchAgents(tx: TenantTx, search: AgentSearch): Promise<Agent[]> {
  const { name, metadata, limit, offset } = search;
  const rows = await readPage<AgentRow>(tx, {
    noun: "agents",
    sql: `SELECT agent_id AS "agentId", version, definition, agents.created_at AS "createdAt", updated_at AS "updatedAt",
        octet_length(definition) AS bytes
      FROM agents JOIN agent_versions USING (tenant_id, agent_id, version)
      WHERE tenant_id = $1 AND deleted_at IS NULL AND strpos(lower(name), lower($2)) > 0 AND metadata @> $3::jsonb
      ORDER BY agent_id DESC LIMIT $4 OFFSET $5`,
    params: [tx.tenantId, name, metadata, limit, offset],
  });
  return rows.map(toAgent);
}
