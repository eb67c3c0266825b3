import type { Agent, JsonObject } from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";
import { PAGE_BYTES_MAX, pageTooLarge } from "../page-too-large.ts";
import { type AgentRow, toAgent } from "./agent-row.ts";

export interface AgentSearch {
  /** Part of the name, in any case; empty: any. */
  name: string;
  /** What the metadata holds at least; `{}`: any. */
  metadata: JsonObject;
  limit: number;
  offset: number;
}

/** The newest first. Error: `invalid_request` where they have more than 16 MiB together; one alone may. */
export async function searchAgents(tx: TenantTx, search: AgentSearch): Promise<Agent[]> {
  const { name, metadata, limit, offset } = search;
  const rows = await tx.query<Omit<AgentRow, "definition"> & { definition: string | null }>(
    `WITH page AS (
       SELECT agent_id, version, definition, agents.created_at, updated_at
       FROM agents JOIN agent_versions USING (tenant_id, agent_id, version)
       WHERE tenant_id = $1 AND deleted_at IS NULL AND strpos(lower(name), lower($2)) > 0 AND metadata @> $3::jsonb
       ORDER BY agent_id DESC LIMIT $4 OFFSET $5
     )
     SELECT agent_id AS "agentId", version, created_at AS "createdAt", updated_at AS "updatedAt",
       CASE WHEN count(*) OVER () = 1 OR sum(octet_length(definition)) OVER () <= $6 THEN definition END AS definition
     FROM page ORDER BY agent_id DESC`,
    [tx.tenantId, name, metadata, limit, offset, PAGE_BYTES_MAX],
  );
  return rows.map(({ definition, ...row }) => {
    if (definition === null) throw pageTooLarge("agents");
    return toAgent({ ...row, definition });
  });
}
