import { AppError } from "@llamaagent/core";
import { schema, type TenantTx } from "@llamaagent/db";
import { and, eq, isNull, type SQL } from "drizzle-orm";

const { agents } = schema;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A name of this shape could never be asked for by name: agents are not given one. */
export function isAgentId(idOrName: string): boolean {
  return UUID.test(idOrName);
}

/** The column that an agent's id or name is looked for in. */
export function referenceColumn(idOrName: string): "agent_id" | "name" {
  return isAgentId(idOrName) ? "agent_id" : "name";
}

/** The condition on `agents` for the tenant's agent of this id or name, unless it is deleted. */
export function referredAgent(tx: TenantTx, idOrName: string): SQL | undefined {
  return and(
    eq(agents.tenantId, tx.tenantId),
    eq(isAgentId(idOrName) ? agents.agentId : agents.name, idOrName),
    isNull(agents.deletedAt),
  );
}

export function agentNotFound(): AppError {
  return new AppError("not_found", { detail: "There is no such agent" });
}
