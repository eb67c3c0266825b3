import type { Message, ToolCall } from "@llamaagent/core";

/**
 * Gives calls whose id is empty or was used before an id of their own, so that every answer finds
 * its call: small models repeat ids (`call_0`) in each answer. Equal input gives equal ids.
 */
export function uniqueToolCalls(
  calls: readonly ToolCall[],
  options: { modelCall: number; taken: Set<string> },
): ToolCall[] {
  return calls.map((call, index) => {
    let id = call.id;
    if (id === "" || options.taken.has(id)) id = `call_${options.modelCall}_${index}`;
    while (options.taken.has(id)) id += "_";
    options.taken.add(id);
    return { ...call, id };
  });
}

export function toolCallIds(messages: readonly Message[]): string[] {
  return messages.flatMap((message) => message.tool_calls?.map((call) => call.id) ?? []);
}
