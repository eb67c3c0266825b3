import { AppError, type Json } from "@llamaagent/core";

/**
 * The value as JSON carries it, so that a live answer equals the one stored; `undefined` is null.
 * Throws `tool_failed` for what JSON can't hold (cycles, BigInt, functions).
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
  if (text === undefined)
    throw new AppError("tool_failed", { detail: "The tool's output is not a JSON value", cause });
  return JSON.parse(text) as Json; // JSON.parse gives nothing else
}
