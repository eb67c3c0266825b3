import { type Agent, AgentDefinition } from "@llamaagent/core";
import type { schema } from "@llamaagent/db";

type Row = typeof schema.agents.$inferSelect;
type VersionRow = typeof schema.agentVersions.$inferSelect;

/** An agent joined with its newest version. */
export type AgentRow = Pick<Row, "agentId" | "version" | "createdAt" | "updatedAt"> &
  Pick<VersionRow, "definition">;

/** A stored definition is parsed, so that an old version gets the defaults of newer fields. */
export function toDefinition(text: string): AgentDefinition {
  return AgentDefinition.parse(JSON.parse(text));
}

/** The columns of a version that hold its definition. */
export function definitionColumns(definition: AgentDefinition) {
  return {
    definition: JSON.stringify(definition),
    timeoutSeconds: definition.limits.timeout_seconds,
  };
}

/** Of every agent, whatever its definition. */
export const AGENT_CAPABILITIES = { "ap.io.messages": true, "ap.io.streaming": true };

export function toAgent(row: AgentRow): Agent {
  return {
    agent_id: row.agentId,
    version: row.version,
    ...toDefinition(row.definition),
    capabilities: AGENT_CAPABILITIES,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}
