import { AgentDefinition, AppError } from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";
import { referenceColumn } from "./agent-reference.ts";

export interface AgentVersion {
  agentId: string;
  version: number;
  timeoutSeconds: number;
}

/** The latest version of each agent that is named, by id or name; `not_found` for one that is not there. */
export async function findAgentVersions(
  tx: TenantTx,
  idsOrNames: readonly string[],
): Promise<Map<string, AgentVersion | AppError>> {
  const found = new Map<string, AgentVersion | AppError>();
  for (const idOrName of new Set(idsOrNames)) found.set(idOrName, await find(tx, idOrName));
  return found;
}

async function find(tx: TenantTx, idOrName: string): Promise<AgentVersion | AppError> {
  const [row] = await tx.query<{ agent_id: string; version: number; definition: string }>(
    `SELECT a.agent_id, a.version, v.definition FROM agents a
     JOIN agent_versions v ON v.tenant_id = a.tenant_id AND v.agent_id = a.agent_id AND v.version = a.version
     WHERE a.tenant_id = $1 AND a.deleted_at IS NULL AND a.${referenceColumn(idOrName)} = $2`,
    [tx.tenantId, idOrName],
  );
  if (row === undefined)
    return new AppError("not_found", {
      detail: "There is no such agent",
      errors: [{ pointer: "/agent_id", message: "no such agent" }],
    });
  const { limits } = AgentDefinition.parse(JSON.parse(row.definition));
  return {
    agentId: row.agent_id,
    version: row.version,
    timeoutSeconds: limits.timeout_seconds,
  };
}
