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
import { emittedValue, toJsonValue } from "./json-value.ts";
import { toToolError } from "./tool-error.ts";
import { toolInfo } from "./tool-info.ts";
import { withinTime } from "./within-time.ts";

interface ToolExecutorOptions {
  /** All that is installed, by name. */
  tools: ReadonlyMap<string, Tool>;
  /** The tools that this run may call. */
  names: readonly string[];
  context: Pick<ToolContext, "runId" | "workspace" | "now">;
  /** The run in which a step's call was first begun: the key that the target knows it by. Absent: this one. */
  originOf?: (step: string) => string;
}

/**
 * Validates, runs and bounds calls of tools. Whatever goes wrong with a call is a failed result
 * that tells the model how to mend it; only an aborted signal rejects, with its reason. Throws
 * `tool_not_found` where a name is not installed.
 */
export function createToolExecutor(options: ToolExecutorOptions): ProbingToolExecutor {
  const { names, context, originOf = () => context.runId } = options;
  const missing = names.filter((name) => !options.tools.has(name));
  if (missing.length > 0)
    throw new AppError("tool_not_found", { detail: `No such tool: ${missing.join(", ")}` });
  const tools = new Map([...options.tools].filter(([name]) => names.includes(name)));
  const infos = [...tools.values()].map(toolInfo);

  function contextOf(
    { signal, step }: CallOptions,
    emit: ToolContext["emit"] = () => undefined,
  ): ToolContext {
    return { ...context, signal, idempotencyKey: `${originOf(step)}:${step}`, emit };
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
      const { signal, onEmit } = callOptions;
      signal.throwIfAborted();
      // A tool that ignores its signal may go on after its time is up.
      let isUnderWay = true;
      const emit = (value: unknown): void => {
        const json = toJsonValue(value, emittedValue);
        if (isUnderWay) onEmit?.(json);
      };
      try {
        const { tool, input } = await accept(toolCall);
        const output = await withinTime(tool.timeoutSeconds, signal, (bounded) =>
          tool.execute(input, contextOf({ ...callOptions, signal: bounded }, emit)),
        );
        return { status: "completed", output: toJsonValue(output) };
      } catch (error) {
        signal.throwIfAborted();
        return { status: "failed", error: toProblem(toToolError(error)) };
      } finally {
        isUnderWay = false;
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
