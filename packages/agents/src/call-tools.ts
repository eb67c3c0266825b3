import type { AgentEvent, Json, ToolCall, ToolExecutor, ToolResult } from "@llamaagent/core";

type Settled = { index: number } & ({ result: ToolResult } | { thrown: unknown });
type News = Settled | { index: number; emitted: Json };

/**
 * Runs the calls of one model answer side by side; yields what they emit and each end as it happens,
 * and returns the results in the order of the calls. Where the port throws (a run that is suspended, a
 * lost fence), the siblings first settle, so that what they did is recorded; then the first error in
 * the order of the calls is thrown.
 */
export async function* callTools(options: {
  calls: readonly ToolCall[];
  /** The step of the model call whose answer these are. */
  modelStep: string;
  tools: ToolExecutor;
  signal: AbortSignal;
}): AsyncGenerator<AgentEvent, ToolResult[]> {
  const { tools, signal } = options;
  const calls = options.calls.map((call, index) => ({
    call,
    step: `${options.modelStep}/tools/${index}`,
  }));
  for (const { call, step } of calls)
    yield {
      type: "tool_call.started",
      data: { tool_call_id: call.id, name: call.name, arguments: call.arguments },
      step,
    };

  const news: News[] = [];
  let wake = (): void => undefined;
  const tell = (one: News): void => {
    news.push(one);
    wake();
  };
  for (const [index, { call, step }] of calls.entries()) {
    const onEmit = (emitted: Json): void => tell({ index, emitted });
    void settle(index, () => tools.call(call, { signal, step, onEmit })).then(tell);
  }

  const results: ToolResult[] = [];
  const thrown: { index: number; error: unknown }[] = [];
  for (let running = calls.length; running > 0;) {
    const one = news.shift();
    if (one === undefined) {
      await new Promise<void>((resolve) => (wake = resolve));
      continue;
    }
    const at = calls[one.index];
    if ("emitted" in one) {
      if (at !== undefined) yield emittedEvent(at.call, at.step, one.emitted);
      continue;
    }
    running -= 1;
    if ("thrown" in one) {
      thrown.push({ index: one.index, error: one.thrown });
      continue;
    }
    results[one.index] = one.result;
    if (at !== undefined) yield endEvent(at.call, at.step, one.result);
  }
  const first = thrown.toSorted((a, b) => a.index - b.index)[0];
  if (first !== undefined) throw first.error;
  return results;
}

/** Never rejects: a consumer that stops reading leaves no unhandled rejection behind. */
async function settle(index: number, call: () => Promise<ToolResult>): Promise<Settled> {
  try {
    return { index, result: await call() };
  } catch (error) {
    return { index, thrown: error };
  }
}

function emittedEvent(call: ToolCall, step: string, value: Json): AgentEvent {
  const data = { tool_call_id: call.id, name: call.name, value };
  return { type: "tool_call.emitted", data, step };
}

function endEvent(call: ToolCall, step: string, result: ToolResult): AgentEvent {
  const which = { tool_call_id: call.id, name: call.name };
  if (result.status === "failed")
    return { type: "tool_call.failed", data: { ...which, error: result.error }, step };
  // A ToolExecutor's output is a JSON value by contract; undefined would drop the field.
  const output = (result.output ?? null) as Json;
  return { type: "tool_call.completed", data: { ...which, output }, step };
}
