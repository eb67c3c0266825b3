import type { ToolCall } from "@llamaagent/core";
import { type CallFragment, parseArguments } from "./openai-answer.ts";

interface OpenCall {
  index: number | undefined;
  id: string | undefined;
  name: string;
  argumentsText: string;
}

/**
 * Puts the fragments of parallel calls together by `index`. Servers that leave the index out, or
 * send 0 for every call, open a new call with each new id.
 */
export function createToolCallFragments(): {
  add(fragment: CallFragment): void;
  calls(): (Omit<ToolCall, "id"> & { id: string | undefined })[];
} {
  const open: OpenCall[] = [];

  function find(fragment: CallFragment): OpenCall | undefined {
    const index = fragment.index ?? undefined;
    const call =
      index === undefined ? open.at(-1) : open.findLast((candidate) => candidate.index === index);
    const isOther = fragment.id && call?.id && fragment.id !== call.id;
    return isOther ? undefined : call;
  }

  return {
    add(fragment) {
      let call = find(fragment);
      if (!call) {
        call = { index: fragment.index ?? undefined, id: undefined, name: "", argumentsText: "" };
        open.push(call);
      }
      call.id ??= fragment.id || undefined;
      call.name ||= fragment.function?.name ?? "";
      call.argumentsText += fragment.function?.arguments ?? "";
    },
    calls: () =>
      open
        .toSorted((a, b) => (a.index ?? 0) - (b.index ?? 0))
        .map(({ id, name, argumentsText }) => ({
          id,
          name,
          arguments: parseArguments(argumentsText),
        })),
  };
}
