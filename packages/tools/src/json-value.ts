import { AppError, type Json } from "@llamaagent/core";

/** An output is stored, streamed and kept in memory for readers. */
const OUTPUT_CHARACTERS_MAX = 4_000_000;

/**
 * The value as JSON carries it, so that a live answer equals the one stored; `undefined` is null.
 * Throws `tool_failed` for what JSON can't hold (cycles, BigInt, functions), and for more than 4 million characters of it.
 */
export function toJsonValue(value: unknown): Json {
  if (value === undefined) return null;
  let text: string | undefined;
  let cause: unknown;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    cause = error;
  }
  if (text !== undefined && text.length > OUTPUT_CHARACTERS_MAX)
    throw new AppError("tool_failed", {
      detail: `The tool's output has ${text.length} characters; at most ${OUTPUT_CHARACTERS_MAX} can be kept`,
    });
  if (text === undefined)
    throw new AppError("tool_failed", { detail: "The tool's output is not a JSON value", cause });
  return JSON.parse(text) as Json; // JSON.parse gives nothing else
}
