import type { Message, ToolCall } from "@llamaagent/core";

/**
 * Ids unique in the whole conversation. Some servers give none, or the same ones in every answer;
 * such calls are named after the step and their place in it, so that a replay names them alike.
 */
export function uniqueToolCallIds(
  calls: readonly (Omit<ToolCall, "id"> & { id: string | undefined })[],
  options: { messages: readonly Message[]; step: string },
): ToolCall[] {
  const taken = new Set(
    options.messages.flatMap((message) => message.tool_calls?.map((call) => call.id) ?? []),
  );
  return calls.map((call, index) => {
    let id = call.id;
    if (!id || taken.has(id)) {
      const own = `call_${options.step}_${index}`.replaceAll(/[^A-Za-z0-9_-]/g, "_");
      id = own;
      for (let n = 2; taken.has(id); n++) id = `${own}_${n}`;
    }
    taken.add(id);
    return { ...call, id };
  });
}
