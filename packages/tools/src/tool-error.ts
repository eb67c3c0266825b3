import { AppError, type ErrorCode } from "@llamaagent/core";

const toolCodes: readonly ErrorCode[] = [
  "tool_not_found",
  "tool_input_invalid",
  "tool_failed",
  "tool_timeout",
];
/** A server's whole error page helps no model. */
const maxMessageChars = 2000;

/** What a tool threw as an error of the tool: its message stays, for the model to read; no stack. */
export function toToolError(error: unknown): AppError {
  if (error instanceof AppError && toolCodes.includes(error.code)) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new AppError("tool_failed", {
    detail: message.slice(0, maxMessageChars) || "The tool failed without a message",
    cause: error,
  });
}
