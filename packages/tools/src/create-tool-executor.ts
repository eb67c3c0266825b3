import {
  AppError,
  type CallOptions,
  type ProbingToolExecutor,
  problemDetails,
  type Tool,
  type ToolCall,
  type ToolContext,
  toProblem,
  type ToolResult,
} from "@llamaagent/core";
import { toJsonValue } from "./json-value.ts";
import { toToolError } from "./tool-error.ts";
import { toolInfo } from "./tool-info.ts";
import { withinTime } from "./within-time.ts";

interface ToolExecutorOptions {
  /** All that is installed, by name. */
  tools: ReadonlyMap<string, Tool>;
  /** The tools that this run may call. */
  names: readonly string[];
  context: Pick<ToolContext, "runId" | "workspace" | "now">;
}

/**
 * Validates, runs and bounds calls of tools. Whatever goes wrong with a call is a failed result
 * that tells the model how to mend it; only an aborted signal rejects, with its reason. Throws
 * `tool_not_found` where a name is not installed.
 */
export function createToolExecutor(options: ToolExecutorOptions): ProbingToolExecutor {
  const { names, context } = options;
  const missing = names.filter((name) => !options.tools.has(name));
  if (missing.length > 0)
    throw new AppError("tool_not_found", { detail: `No such tool: ${missing.join(", ")}` });
  const tools = new Map([...options.tools].filter(([name]) => names.includes(name)));
  const infos = [...tools.values()].map(toolInfo);

  function contextOf({ signal, step }: CallOptions): ToolContext {
    return { ...context, signal, idempotencyKey: `${context.runId}:${step}` };
  }

  /** The tool and its parsed arguments; throws what is wrong with the call. */
  async function accept(toolCall: ToolCall): Promise<{ tool: Tool; input: never }> {
    const tool = tools.get(toolCall.name);
    if (tool === undefined) {
      const available = [...tools.keys()].join(", ") || "none";
      const detail = `No tool named '${toolCall.name}'. Available: ${available}`;
      throw new AppError("tool_not_found", { detail });
    }
    const parsed = await tool.input.safeParseAsync(toolCall.arguments);
    if (parsed.success) return { tool, input: parsed.data };
    throw new AppError("tool_input_invalid", {
      detail: `The arguments of '${tool.name}' have the wrong shape`,
      errors: problemDetails(parsed.error, { value: toolCall.arguments }),
    });
  }

  return {
    list: () => infos,
    async call(toolCall, callOptions): Promise<ToolResult> {
      const { signal } = callOptions;
      signal.throwIfAborted();
      try {
        const { tool, input } = await accept(toolCall);
        const output = await withinTime(tool.timeoutSeconds, signal, (bounded) =>
          tool.execute(input, contextOf({ ...callOptions, signal: bounded })),
        );
        return { status: "completed", output: toJsonValue(output) };
      } catch (error) {
        signal.throwIfAborted();
        return { status: "failed", error: toProblem(toToolError(error)) };
      }
    },
    async probe(toolCall, callOptions) {
      const { signal } = callOptions;
      signal.throwIfAborted();
      try {
        const { tool, input } = await accept(toolCall);
        const { probe } = tool;
        if (probe === undefined) return { outcome: "unknown" };
        const answer = await withinTime(tool.timeoutSeconds, signal, (bounded) =>
          probe(input, contextOf({ ...callOptions, signal: bounded })),
        );
        if (answer.outcome !== "done") return answer;
        return { outcome: "done", output: toJsonValue(answer.output) };
      } catch {
        signal.throwIfAborted();
        return { outcome: "unknown" }; // a probe that fails has not found out
      }
    },
  };
}
