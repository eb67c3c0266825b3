import { type FinishReason, isDeeperThan, type Json, type ToolCall } from "@llamaagent/core";
import { z } from "zod";

/** What is read of an answer or a chunk; servers differ in all the rest. */
const CallFragment = z.object({
  index: z.number().int().nullish(),
  id: z.string().nullish(),
  function: z.object({ name: z.string().nullish(), arguments: z.string().nullish() }).nullish(),
});
export type CallFragment = z.infer<typeof CallFragment>;

const Delta = z.object({
  content: z.string().nullish(),
  refusal: z.string().nullish(),
  tool_calls: z.array(CallFragment).nullish(),
});
const Usage = z.object({
  prompt_tokens: z.number().int().min(0),
  completion_tokens: z.number().int().min(0),
});

export const ChatChunk = z.object({
  choices: z.array(z.object({ delta: Delta.nullish(), finish_reason: z.string().nullish() })),
  usage: Usage.nullish().catch(undefined),
});
export const ChatAnswer = z.object({
  choices: z.array(z.object({ message: Delta, finish_reason: z.string().nullish() })).min(1),
  usage: Usage.nullish().catch(undefined),
});

/** What recursive code bears: zod, JSON.stringify and others overflow the stack at some thousands. */
const LEVELS_MAX = 64;

/**
 * The parsed arguments; the raw text where it is no JSON, or deeper than anybody can use; `{}` where a
 * call came without any.
 */
export function parseArguments(text: string): Json {
  if (text.trim() === "") return {};
  try {
    const parsed = JSON.parse(text) as Json; // JSON.parse gives JSON
    return isDeeperThan(parsed, LEVELS_MAX) ? text : parsed;
  } catch {
    return text;
  }
}

/** Some servers say `stop` beside tool calls, or words of their own. */
export function toFinishReason(reason: string, calls: readonly ToolCall[]): FinishReason {
  if (reason === "length" || reason === "content_filter") return reason;
  return calls.length > 0 ? "tool_calls" : "stop";
}
