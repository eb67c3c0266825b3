import { type Agent, type AgentDefinition, AppError } from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";
import { agentNotFound, referenceColumn } from "./agent-reference.ts";
import { type AgentRow, toAgent, toDefinition } from "./agent-row.ts";
import { withNameConflict } from "./name-conflict.ts";

/**
 * Makes the next version of what `change` returns; the row's lock orders concurrent changes, so each
 * sees the one before. Errors: `not_found`, `conflict` (name), and what `change` throws.
 */
export async function updateAgent(
  tx: TenantTx,
  idOrName: string,
  change: (current: AgentDefinition) => AgentDefinition,
): Promise<Agent> {
  // Lock first, read the version after: one joined statement would, having waited, still join the old version.
  const [locked] = await tx.query<{ agent_id: string; version: number }>(
    `SELECT agent_id, version FROM agents
     WHERE tenant_id = $1 AND ${referenceColumn(idOrName)} = $2 AND deleted_at IS NULL FOR UPDATE`,
    [tx.tenantId, idOrName],
  );
  if (locked === undefined) throw agentNotFound();
  const key = [tx.tenantId, locked.agent_id];
  const [current] = await tx.query<{ definition: string }>(
    `SELECT definition FROM agent_versions WHERE tenant_id = $1 AND agent_id = $2 AND version = $3`,
    [...key, locked.version],
  );
  if (current === undefined) throw new AppError("internal");
  const definition = change(toDefinition(current.definition));
  const [row] = await withNameConflict(definition.name, () =>
    tx.query<AgentRow>(
      `WITH agent AS (
         UPDATE agents SET version = $3, name = $4, metadata = $5::jsonb, updated_at = now()
         WHERE tenant_id = $1 AND agent_id = $2 RETURNING created_at, updated_at
       ), next AS (
         INSERT INTO agent_versions (tenant_id, agent_id, version, definition) VALUES ($1, $2, $3, $6)
         RETURNING agent_id, version, definition
       )
       SELECT agent_id, version, definition, created_at, updated_at FROM agent, next`,
      [
        ...key,
        locked.version + 1,
        definition.name,
        JSON.stringify(definition.metadata),
        JSON.stringify(definition),
      ],
    ),
  );
  if (row === undefined) throw new AppError("internal");
  return toAgent(row);
}
