import { z } from "zod";
import { assertNever } from "./assert-never.ts";
import { Problem } from "./errors.ts";
import { JsonObject, JsonValue } from "./json.ts";
import { Message } from "./message.ts";
import { ThreadCheckpoint } from "./thread.ts";

/** The Agent Protocol's five. */
export const RunStatus = z.enum(["pending", "error", "success", "timeout", "interrupted"]);
export type RunStatus = z.infer<typeof RunStatus>;

/** Ours. `ended` means that `ended_at` is set, once. */
export const RunState = z.enum(["queued", "running", "waiting", "ended"]);
export type RunState = z.infer<typeof RunState>;

export const EndReason = z.enum([
  "completed",
  "max_steps",
  "cancelled",
  "error",
  "budget_exceeded",
  "poisoned",
  "nondeterministic_replay",
  "timeout",
]);
export type EndReason = z.infer<typeof EndReason>;

/** Why a run waits. */
export const WaitReason = z.enum(["effect_unknown"]);
export type WaitReason = z.infer<typeof WaitReason>;

export const StopReason = z.enum([...EndReason.options, ...WaitReason.options]);
export type StopReason = z.infer<typeof StopReason>;

export function statusOf(stopReason: StopReason | undefined): RunStatus {
  switch (stopReason) {
    case undefined:
      return "pending";
    case "completed":
    case "max_steps":
      return "success";
    case "cancelled":
    case "effect_unknown":
      return "interrupted";
    case "error":
    case "budget_exceeded":
    case "poisoned":
    case "nondeterministic_replay":
      return "error";
    case "timeout":
      return "timeout";
    default:
      return assertNever(stopReason);
  }
}

export const RunUsage = z.object({
  input_tokens: z.number().int().min(0),
  output_tokens: z.number().int().min(0),
});
export type RunUsage = z.infer<typeof RunUsage>;

export const Run = z
  .object({
    run_id: z.uuid(),
    agent_id: z.uuid(),
    agent_version: z.number().int().min(1),
    thread_id: z.uuid().optional(),
    status: RunStatus,
    state: RunState,
    stop_reason: StopReason.optional(),
    input: JsonValue.optional(),
    messages: z.array(Message).optional(),
    output: JsonValue.optional(),
    error: Problem.optional(),
    usage: RunUsage.optional(),
    metadata: JsonObject,
    checkpoint: ThreadCheckpoint.optional().describe("Of the thread, from which the run goes on"),
    on_completion: z.enum(["delete", "keep"]).optional(),
    priority: z.number().int().optional().describe("Left out: 0"),
    webhook: z.string().optional(),
    webhook_events: z.array(z.string()).optional(),
    retry_of: z.uuid().optional().describe("The run that this one takes up again"),
    retried_as: z.uuid().optional().describe("The run that took this one up again"),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
    started_at: z.iso.datetime().optional(),
    ended_at: z.iso.datetime().optional(),
    available_at: z.iso
      .datetime()
      .optional()
      .describe("It starts no sooner; there until then, where `after_seconds` was asked for"),
  })
  .meta({
    id: "Run",
    examples: [
      {
        run_id: "0199a6f0-0000-7000-8000-000000000003",
        agent_id: "0199a6f0-0000-7000-8000-000000000002",
        agent_version: 1,
        thread_id: "0199a6f0-0000-7000-8000-000000000001",
        status: "success",
        state: "ended",
        stop_reason: "completed",
        input: "What does the file say about caching?",
        output: "Caching is on (notes.txt, line 1).",
        usage: { input_tokens: 812, output_tokens: 23 },
        metadata: { ticket: 17 },
        created_at: "2025-10-03T16:38:10.000Z",
        updated_at: "2025-10-03T16:38:12.400Z",
        started_at: "2025-10-03T16:38:10.020Z",
        ended_at: "2025-10-03T16:38:12.400Z",
      },
    ],
  });
export type Run = z.infer<typeof Run>;

export const RunStep = z
  .object({
    step_key: z.string(),
    kind: z.enum(["model", "tool"]),
    name: z.string().optional(),
    effect: z.enum(["none", "idempotent", "unsafe"]),
    state: z
      .enum(["intent", "done", "unknown", "failed"])
      .describe(
        "`intent`: begun, outcome not stored. `unknown`: begun by a worker that died. `failed`: a model's, which has no answer and ended the run; `error` of the run says why",
      ),
    arguments: JsonValue.optional().describe(
      "What the tool was called with; left out over 256 KiB, and behind 16 MiB of a run's: its event `tool_call.started` has it",
    ),
    result: JsonValue.optional().describe("Left out over 256 KiB, and behind 16 MiB of a run's"),
    started_at: z.iso.datetime(),
    ended_at: z.iso.datetime().optional(),
  })
  .meta({
    id: "RunStep",
    examples: [
      {
        step_key: "model/0/tools/0",
        kind: "tool",
        name: "read_file",
        effect: "none",
        state: "done",
        arguments: { path: "notes.txt" },
        result: {
          status: "completed",
          output: {
            path: "notes.txt",
            start_line: 1,
            end_line: 1,
            total_lines: 1,
            text: "Caching is on.",
            truncated: false,
          },
        },
        started_at: "2025-10-03T16:38:11.190Z",
        ended_at: "2025-10-03T16:38:11.210Z",
      },
    ],
  });
export type RunStep = z.infer<typeof RunStep>;
