import type {
  ChatModel,
  Message,
  PromptingStrategy,
  TokenUsage,
  ToolExecutor,
} from "@llamaagent/core";

/** All that an agent can reach. Whoever runs it decorates these; the loop knows nothing of that. */
export interface AgentPorts {
  model: ChatModel;
  tools: ToolExecutor;
  prompting: PromptingStrategy;
  /** The id of the message that the model call of this step writes. */
  messageId: (step: string) => string;
}

export interface AgentTask {
  /** What is asked now. */
  messages: Message[];
  /** Messages of the thread before, oldest first. */
  history: Message[];
  /** Files in the workspace, relative paths. */
  files: string[];
}

export interface AgentOutcome {
  stop_reason: "completed" | "max_steps";
  /** The content of the last answer. */
  output: string;
  /** The assistant and tool messages of this run, in order. */
  messages: Message[];
  usage: TokenUsage;
}
