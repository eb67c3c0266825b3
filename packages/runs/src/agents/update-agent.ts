import { type Agent, type AgentDefinition, AppError } from "@llamaagent/core";
import { schema, type TenantTx } from "@llamaagent/db";
import { and, eq, sql } from "drizzle-orm";
import { agentNotFound, referenceColumn } from "./agent-reference.ts";
import { definitionColumns, toAgent, toDefinition } from "./agent-row.ts";
import { findAgentRow } from "./find-agent.ts";
import { withNameConflict } from "./name-conflict.ts";

const { agents, agentVersions } = schema;

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
  const locked = await tx.query(
    `SELECT 1 FROM agents
     WHERE tenant_id = $1 AND ${referenceColumn(idOrName)} = $2 AND deleted_at IS NULL FOR UPDATE`,
    [tx.tenantId, idOrName],
  );
  if (locked.length === 0) throw agentNotFound();
  const current = await findAgentRow(tx, idOrName);
  const definition = change(toDefinition(current.definition));
  const key = { tenantId: tx.tenantId, agentId: current.agentId, version: current.version + 1 };
  const { name, metadata } = definition;
  const [agent] = await withNameConflict(name, () =>
    tx.orm
      .update(agents)
      .set({ version: key.version, name, metadata, updatedAt: sql`now()` })
      .where(and(eq(agents.tenantId, key.tenantId), eq(agents.agentId, key.agentId)))
      .returning(),
  );
  if (agent === undefined) throw new AppError("internal");
  const next = { ...key, ...definitionColumns(definition) };
  await tx.orm.insert(agentVersions).values(next);
  return toAgent({ ...agent, definition: next.definition });
}
