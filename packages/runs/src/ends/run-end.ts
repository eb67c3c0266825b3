import {
  assertNever,
  type EndReason,
  type Json,
  type Message,
  type Problem,
  type RunUsage,
  statusOf,
  type ThreadStatus,
  type TerminalEventType,
} from "@llamaagent/core";

/** How a run ends, whoever ends it. */
export type RunEnd =
  | {
      reason: "completed" | "max_steps";
      output: Json;
      /** What the run adds to its thread, after its input. */
      messages: Message[];
      usage: RunUsage;
    }
  | {
      reason: Exclude<EndReason, "completed" | "max_steps" | "cancelled">;
      error: Problem;
      usage: RunUsage;
    }
  | { reason: "cancelled"; usage: RunUsage };

export function terminalEvent(end: RunEnd): { type: TerminalEventType; data: object } {
  switch (end.reason) {
    case "completed":
    case "max_steps":
      return {
        type: "run.completed",
        data: {
          status: statusOf(end.reason),
          stop_reason: end.reason,
          output: end.output,
          usage: end.usage,
        },
      };
    case "cancelled":
      return { type: "run.cancelled", data: { stop_reason: end.reason } };
    case "error":
    case "budget_exceeded":
    case "poisoned":
    case "nondeterministic_replay":
    case "timeout":
      return {
        type: "run.failed",
        data: { stop_reason: end.reason, error: end.error, usage: end.usage },
      };
    default:
      return assertNever(end);
  }
}

export function threadStatusAfter(end: RunEnd): ThreadStatus {
  if ("output" in end) return "idle";
  return end.reason === "cancelled" ? "interrupted" : "error";
}

/** What an ended run adds to its thread after its input: its messages, or a marker that says why not. */
export function messagesAfter(end: RunEnd): Message[] {
  if ("output" in end) return end.messages;
  const detail = "error" in end ? end.error.title : "The run was cancelled";
  return [
    {
      role: "system",
      content: `The previous request was not answered: ${detail}.`,
      metadata: { error: end.reason },
    },
  ];
}
