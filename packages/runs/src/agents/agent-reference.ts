import { AppError } from "@llamaagent/core";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A name of this shape could never be asked for by name: agents are not given one. */
export function isAgentId(idOrName: string): boolean {
  return UUID.test(idOrName);
}

/** The column that an agent's id or name is looked for in. */
export function referenceColumn(idOrName: string): "agent_id" | "name" {
  return isAgentId(idOrName) ? "agent_id" : "name";
}

export function agentNotFound(): AppError {
  return new AppError("not_found", { detail: "There is no such agent" });
}
