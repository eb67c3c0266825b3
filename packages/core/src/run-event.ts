import { z } from "zod";
import { TokenUsage } from "./chat-model.ts";
import { Problem } from "./errors.ts";
import { Message, ToolCall } from "./message.ts";
import { EndReason, RunStatus, RunUsage, WaitReason } from "./run.ts";
import { JsonObject, JsonValue } from "./json.ts";

/** The events of a run and the fields of each, besides `run_id` and `at`. */
export const runEventData = {
  "run.queued": z.object({}),
  "run.started": z.object({ agent_id: z.string(), agent_version: z.number().int() }),
  "run.resumed": z.object({ from_step: z.string().optional() }),
  "run.paused": z.object({ stop_reason: WaitReason, step_keys: z.array(z.string()) }),
  "message.started": z.object({ message_id: z.string(), role: z.literal("assistant") }),
  "message.delta": z.object({ message_id: z.string(), text: z.string() }),
  "message.completed": z.object({
    message_id: z.string(),
    role: z.literal("assistant"),
    content: z.string(),
    tool_calls: z.array(ToolCall),
    metadata: JsonObject.optional(),
  }),
  "tool_call.started": z.object({
    tool_call_id: z.string(),
    name: z.string(),
    arguments: JsonValue,
  }),
  "tool_call.completed": z.object({
    tool_call_id: z.string(),
    name: z.string(),
    output: JsonValue,
  }),
  "tool_call.failed": z.object({ tool_call_id: z.string(), name: z.string(), error: Problem }),
  /** What the tool tells on the way. */
  "tool_call.emitted": z.object({ tool_call_id: z.string(), name: z.string(), value: JsonValue }),
  "usage.updated": TokenUsage,
  "run.completed": z.object({
    status: RunStatus,
    stop_reason: EndReason,
    output: JsonValue.optional(),
    usage: RunUsage,
  }),
  "run.failed": z.object({ stop_reason: EndReason, error: Problem, usage: RunUsage }),
  "run.cancelled": z.object({ stop_reason: z.literal("cancelled") }),
  "stream.reset": z.object({ reason: z.enum(["position_unknown"]), run: JsonValue }),
} as const;

/** What a stream makes of the events for the modes of these names, and the fields besides `run_id` and `at`. */
export const streamModeData = {
  updates: z.object({
    kind: z.enum(["model", "tool"]),
    /** The tool's. */
    name: z.string().optional(),
    /** What the step adds to the run's messages. */
    messages: z.array(Message),
  }),
  values: z.object({ values: JsonObject, messages: z.array(Message) }),
} as const;

export type RunEventType = keyof typeof runEventData;
export type RunEventData<T extends RunEventType> = z.infer<(typeof runEventData)[T]>;

/** The last event of a run is one of these; then the stream closes. */
const terminalEventTypes = ["run.completed", "run.failed", "run.cancelled"] as const;
export type TerminalEventType = (typeof terminalEventTypes)[number];
export function isTerminalEventType(type: string): type is TerminalEventType {
  return (terminalEventTypes as readonly string[]).includes(type);
}

/** What the first event of every epoch after the first carries besides its own fields. */
export const EpochStart = z.object({
  /** The last durable id: later ids of former epochs are void. */
  after: z.string(),
  /** Message and tool-call ids that begin again; what was read of them is void. */
  restarted: z.array(z.string()),
});
export type EpochStart = z.infer<typeof EpochStart>;

/** An event as stored and sent: `data` is the JSON text, the same bytes everywhere. */
export interface StoredEvent {
  /** `<epoch>-<seq>` */
  id: string;
  type: RunEventType;
  data: string;
}

/** Oldest first: at most 250 events and 64 KiB of data, or one larger event. */
export interface EventPage {
  events: StoredEvent[];
  hasMore: boolean;
}

/**
 * What an agent's generator yields. `step` names the step that the event belongs to (see
 * `CallOptions.step`); events without one stand between steps, in the given `scope`.
 */
export type AgentEvent = {
  [T in AgentEventType]: { type: T; data: RunEventData<T>; step?: string; scope?: string };
}[AgentEventType];

export type AgentEventType =
  | "message.started"
  | "message.delta"
  | "message.completed"
  | "tool_call.started"
  | "tool_call.completed"
  | "tool_call.failed"
  | "tool_call.emitted"
  | "usage.updated";

/** The last event of a step: it and the step's stored result are one commit. */
export const stepEndTypes = [
  "message.completed",
  "tool_call.completed",
  "tool_call.failed",
] as const satisfies readonly RunEventType[];
type StepEndType = (typeof stepEndTypes)[number];
export function endsStep(type: string): type is StepEndType {
  return (stepEndTypes as readonly string[]).includes(type);
}
