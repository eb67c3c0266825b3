import {
  AgentDefinition,
  type AgentLimits,
  AppError,
  type ChatModel,
  type Message,
  problemDetails,
  type PromptingStrategy,
  type ToolExecutor,
  toProblem,
} from "@llamaagent/core";
import { type AgentRun, startAgentRun } from "./agent-run.ts";
import { defaultPrompting } from "./prompting/default.ts";
import { runAgent } from "./run-agent.ts";

export type { AgentRun } from "./agent-run.ts";

export interface AgentOptions {
  name: string;
  model: ChatModel;
  /** Makes the tools of one run; the run's id keeps idempotency keys of different runs apart. */
  tools?: (runId: string) => ToolExecutor;
  /** Defaults to instructions, file names, history, task. */
  prompting?: PromptingStrategy;
  instructions?: string;
  limits?: Partial<AgentLimits>;
  /** Ids of runs; random UUIDs where left out. */
  newId?: () => string;
}

export interface RunnableAgent {
  readonly definition: AgentDefinition;
  /** Starts at once. A string is one user message. */
  run(
    task: string | Message[],
    options?: { signal?: AbortSignal; history?: Message[]; files?: string[] },
  ): AgentRun;
}

const noTools: ToolExecutor = {
  list: () => [],
  async call({ name }) {
    const error = new AppError("tool_not_found", { detail: `No tool named '${name}'` });
    return { status: "failed", error: toProblem(error) };
  },
};

/** An agent without any server. Throws `invalid_request` that names every wrong option. */
export function createAgent(options: AgentOptions): RunnableAgent {
  const { model, tools = () => noTools, prompting = defaultPrompting } = options;
  const newId = options.newId ?? (() => crypto.randomUUID());
  const value = {
    name: options.name,
    model: model.id,
    prompting: prompting.name,
    instructions: options.instructions,
    limits: options.limits,
  };
  const parsed = AgentDefinition.safeParse(value);
  if (!parsed.success)
    throw new AppError("invalid_request", { errors: problemDetails(parsed.error, { value }) });
  const definition = parsed.data;

  return {
    definition,
    run(task, { signal, history = [], files = [] } = {}) {
      const runId = newId();
      const executor = tools(runId);
      return startAgentRun({
        runId,
        timeoutSeconds: definition.limits.timeout_seconds,
        signal,
        start: (runSignal) =>
          runAgent({
            agent: { ...definition, tools: executor.list().map((tool) => tool.name) },
            task: {
              messages: typeof task === "string" ? [{ role: "user", content: task }] : task,
              history,
              files,
            },
            ports: { model, tools: executor, prompting, messageId: (step) => `${runId}/${step}` },
            signal: runSignal,
          }),
      });
    },
  };
}
