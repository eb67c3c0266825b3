import { type Agent, type AgentDefinition, AppError } from "@llamaagent/core";
import { schema, type TenantTx } from "@llamaagent/db";
import { definitionColumns, toAgent } from "./agent-row.ts";
import { tenantLimit } from "../tenant-limit.ts";
import { withNameConflict } from "./name-conflict.ts";

export interface NewAgent {
  agentId: string;
  definition: AgentDefinition;
}

/** Version 1 of an agent. Error: `conflict` where the name is taken, or the tenant may have no more. */
export async function createAgent(tx: TenantTx, { agentId, definition }: NewAgent): Promise<Agent> {
  const key = { tenantId: tx.tenantId, agentId, version: 1 };
  const { name, metadata } = definition;
  await assertRoom(tx);
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

async function assertRoom(tx: TenantTx): Promise<void> {
  // Of a tenant one after the other, to the commit: else several would each see the last place.
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('agents ' || $1, 0))`, [
    tx.tenantId,
  ]);
  const [room] = await tx.query<{ most: number; agents: number }>(
    `SELECT most::int, (SELECT count(*)::int FROM (
       SELECT FROM agents WHERE tenant_id = $1 AND deleted_at IS NULL LIMIT most) AS counted) AS agents
     FROM (SELECT ${tenantLimit("agents", "$1")} AS most) AS of_tenant`,
    [tx.tenantId],
  );
  if (room === undefined || room.agents >= room.most)
    throw new AppError("conflict", {
      detail: `The tenant may have at most ${room?.most ?? 0} agents, and has as many`,
    });
}
