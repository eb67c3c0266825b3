import { type Agent, AgentDefinition } from "@llamaagent/core";

export interface AgentRow {
  agent_id: string;
  version: number;
  definition: string;
  created_at: Date;
  updated_at: Date;
}

/** A stored definition is parsed, so that an old version gets the defaults of newer fields. */
export function toDefinition(text: string): AgentDefinition {
  return AgentDefinition.parse(JSON.parse(text));
}

export function toAgent(row: AgentRow): Agent {
  return {
    agent_id: row.agent_id,
    version: row.version,
    ...toDefinition(row.definition),
    capabilities: { "ap.io.messages": true, "ap.io.streaming": true },
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}
