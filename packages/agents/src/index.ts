export {
  type AgentOptions,
  type AgentRun,
  createAgent,
  type RunnableAgent,
} from "./create-agent.ts";
export type { AgentOutcome, AgentPorts, AgentTask } from "./ports.ts";
export { runAgent } from "./run-agent.ts";
