import type { AgentDefinition } from "./agent.ts";
import type { ToolSpec } from "./chat-model.ts";
import type { Message } from "./message.ts";

export interface PromptContext {
  agent: AgentDefinition;
  tools: ToolSpec[];
  /** Messages of the thread before this run, oldest first. */
  history: Message[];
  /** Files in the run's workspace, relative paths. */
  files: string[];
}

export interface PromptingStrategy {
  name: string;
  description: string;
  /** The messages of the first model call. Pure: equal arguments give equal messages. */
  buildMessages(task: Message[], context: PromptContext): Message[];
}
