import type {
  ProbingToolExecutor,
  ToolCall,
  ToolCallOptions,
  ToolExecutor,
  ToolResult,
} from "@llamaagent/core";
import type { Journal, StepSpec } from "@llamaagent/runs";

/** An unsafe call that took too long may have taken effect: that it failed would be a guess. */
function isUnknown({ effect }: StepSpec, result: ToolResult): boolean {
  return effect === "unsafe" && result.status === "failed" && result.error.code === "tool_timeout";
}

/**
 * Tools whose finished calls are never repeated. A call that an owner began and did not finish is
 * repeated where its effect allows that; otherwise the target is asked, or the run waits for a person.
 */
export function durableTools(tools: ProbingToolExecutor, journal: Journal): ToolExecutor {
  const effects = new Map(tools.list().map(({ name, effect }) => [name, effect]));

  async function call(toolCall: ToolCall, options: ToolCallOptions): Promise<ToolResult> {
    const spec: StepSpec = {
      key: options.step,
      kind: "tool",
      name: toolCall.name,
      // An unknown tool is a failed result: it does nothing.
      effect: effects.get(toolCall.name) ?? "none",
      input: toolCall.arguments,
      hasEvents: true,
    };
    const opened = await journal.open(spec);
    // Written by close below, from a ToolResult, or by resumeRun.
    if (opened.state === "done") return opened.result as unknown as ToolResult;
    if (opened.state === "open") {
      const result = await perform(toolCall, options, spec);
      opened.close(result);
      return result;
    }
    const found = await askTarget(toolCall, options, spec);
    const { close } = await journal.reopen(spec);
    const result = found ?? (await perform(toolCall, options, spec));
    close(result);
    return result;
  }

  async function perform(
    toolCall: ToolCall,
    options: ToolCallOptions,
    spec: StepSpec,
  ): Promise<ToolResult> {
    const result = await tools.call(toolCall, options);
    return isUnknown(spec, result)
      ? ((await askTarget(toolCall, options, spec)) ?? result)
      : result;
  }

  /** What a call came to whose outcome is unknown; undefined: it was not done. Where the target does not know, the run waits. */
  async function askTarget(
    toolCall: ToolCall,
    options: ToolCallOptions,
    { key }: StepSpec,
  ): Promise<ToolResult | undefined> {
    const found = await tools.probe(toolCall, options);
    if (found.outcome === "unknown") return journal.suspend(key);
    return found.outcome === "done" ? { status: "completed", output: found.output } : undefined;
  }

  return { list: () => tools.list(), call };
}
