import { AppError, type Json } from "@llamaagent/core";

interface KindOfValue {
  name: string;
  charactersMax: number;
}

/** An output is stored, streamed and kept in memory for readers. */
const output: KindOfValue = { name: "output", charactersMax: 4_000_000 };
/** A thousand of them wait in memory to be stored. */
export const emittedValue: KindOfValue = { name: "emitted value", charactersMax: 16_384 };

/**
 * The value as JSON carries it, so that a live answer equals the one stored; `undefined` is null.
 * Throws `tool_failed` for what JSON can't hold (cycles, BigInt, functions), and for more characters than its kind may have.
 */
export function toJsonValue(value: unknown, { name, charactersMax } = output): Json {
  if (value === undefined) return null;
  let text: string | undefined;
  let cause: unknown;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    cause = error;
  }
  if (text !== undefined && text.length > charactersMax)
    throw new AppError("tool_failed", {
      detail: `The tool's ${name} has ${text.length} characters; at most ${charactersMax} can be kept`,
    });
  if (text === undefined)
    throw new AppError("tool_failed", { detail: `The tool's ${name} is not a JSON value`, cause });
  return JSON.parse(text) as Json; // JSON.parse gives nothing else
}
