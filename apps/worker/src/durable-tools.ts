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
    if (opened.state === "unknown") return settleUnknown(toolCall, options, spec);
    const result = await tools.call(toolCall, options);
    if (isUnknown(spec, result)) {
      const found = await tools.probe(toolCall, options);
      if (found.outcome === "unknown") return journal.suspend(spec.key);
      if (found.outcome === "done") {
        const settled: ToolResult = { status: "completed", output: found.output };
        opened.close(settled);
        return settled;
      }
    }
    opened.close(result);
    return result;
  }

  async function settleUnknown(
    toolCall: ToolCall,
    options: ToolCallOptions,
    spec: StepSpec,
  ): Promise<ToolResult> {
    const probed = await tools.probe(toolCall, options);
    if (probed.outcome === "unknown") return journal.suspend(spec.key);
    const { close } = await journal.reopen(spec);
    const result: ToolResult =
      probed.outcome === "done"
        ? { status: "completed", output: probed.output }
        : await tools.call(toolCall, options);
    close(result);
    return result;
  }

  return { list: () => tools.list(), call };
}
