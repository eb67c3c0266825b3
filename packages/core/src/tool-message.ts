import type { Message, ToolCall } from "./message.ts";
import type { ToolResult } from "./tool.ts";

/**
 * Longest tool answer in a prompt, in characters (about 100,000 tokens): above what `read_file`
 * returns at once (256 KiB), below what no model takes. The event keeps the whole output.
 */
const maxAnswerChars = 400_000;

/** A tool's answer as the model reads it: text as it is, other output and errors as JSON. */
export function toolMessage(call: Pick<ToolCall, "id">, result: ToolResult): Message {
  return { role: "tool", tool_call_id: call.id, content: cut(answerText(result)) };
}

function answerText(result: ToolResult): string {
  if (result.status === "failed") {
    const { code, message, errors } = result.error;
    return JSON.stringify({ error: { code, message, ...(errors ? { errors } : {}) } });
  }
  return typeof result.output === "string" ? result.output : JSON.stringify(result.output ?? null);
}

function cut(text: string): string {
  if (text.length <= maxAnswerChars) return text;
  // A lone surrogate at the cut is refused by some providers.
  const kept = text.slice(0, maxAnswerChars).replace(/[\uD800-\uDBFF]$/, "");
  return `${kept}\n[cut: the first ${kept.length} of ${text.length} characters]`;
}
