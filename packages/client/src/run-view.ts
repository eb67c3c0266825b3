import type { Json, Problem, Run, RunEventFields } from "./generated/types.ts";
import { compareEventIds, isTerminalEvent, type RunEvent } from "./run-event.ts";

export interface MessageView {
  id: string;
  /** The texts so far; the whole content once `isComplete`. */
  text: string;
  isComplete: boolean;
  /** What the provider says of itself, e.g. `{ "offline": true }`. */
  metadata: Record<string, Json> | undefined;
}

export interface ToolCallView {
  id: string;
  name: string;
  arguments: Json;
  state: "running" | "completed" | "failed";
  /** What the tool told on the way. */
  emitted: Json[];
  output: Json | undefined;
  error: Problem | undefined;
}

/** What the events read so far say of the run. */
export interface RunView {
  state: Run["state"];
  stopReason: Run["stop_reason"];
  /** In order of their beginning. */
  messages: MessageView[];
  toolCalls: ToolCallView[];
  usage: Run["usage"];
  output: Json | undefined;
  error: Problem | undefined;
}

/** What an event took back: show these again from the view, or take them off the screen. */
export interface Voided {
  messageIds: string[];
  toolCallIds: string[];
}

export interface RunViewer {
  readonly view: RunView;
  /**
   * Takes the next event. The first event of a later epoch voids what a dead worker had sent but
   * not stored, and the messages and tool calls that begin again; the view then lacks them.
   */
  apply(event: RunEvent): Voided;
}

const NOTHING: Voided = { messageIds: [], toolCallIds: [] };

/** For the modes `events` and `messages`; what `updates` and `values` send shows nothing of itself. */
export function createRunViewer(): RunViewer {
  // Kept, because which of them hold is known only when the next epoch begins.
  let events: RunEvent[] = [];
  let view = emptyView();
  return {
    get view() {
      return view;
    },
    apply(event) {
      let voided = NOTHING;
      const { after, restarted = [] } = event.data;
      if (event.type === "stream.reset") {
        voided = idsOf(events);
        events = [];
        view = emptyView();
      } else if (after !== undefined) {
        const holds = (e: RunEvent) =>
          compareEventIds(e.id, after) <= 0 && !restarted.includes(subjectOf(e) ?? "");
        voided = idsOf(events.filter((e) => !holds(e)));
        events = events.filter(holds);
        view = emptyView();
        for (const kept of events) applyTo(view, kept);
      }
      events.push(event);
      applyTo(view, event);
      return voided;
    },
  };
}

function emptyView(): RunView {
  return {
    state: "queued",
    stopReason: undefined,
    messages: [],
    toolCalls: [],
    usage: undefined,
    output: undefined,
    error: undefined,
  };
}

/** The id of the message or tool call that the event belongs to. */
function subjectOf(event: RunEvent): string | undefined {
  if ("message_id" in event.data) return event.data.message_id;
  return "tool_call_id" in event.data ? event.data.tool_call_id : undefined;
}

function idsOf(events: readonly RunEvent[]): Voided {
  const messageIds = new Set<string>();
  const toolCallIds = new Set<string>();
  for (const { data } of events) {
    if ("message_id" in data) messageIds.add(data.message_id);
    if ("tool_call_id" in data) toolCallIds.add(data.tool_call_id);
  }
  return { messageIds: [...messageIds], toolCallIds: [...toolCallIds] };
}

function applyTo(view: RunView, event: RunEvent): void {
  if (isTerminalEvent(event)) view.state = "ended";
  switch (event.type) {
    case "run.started":
    case "run.resumed":
      view.state = "running";
      view.stopReason = undefined;
      return;
    case "run.paused":
      view.state = "waiting";
      view.stopReason = event.data.stop_reason;
      return;
    case "message.started":
    case "message.delta":
    case "message.completed":
      return applyToMessage(messageOf(view, event.data.message_id), event);
    case "tool_call.started":
    case "tool_call.emitted":
    case "tool_call.completed":
    case "tool_call.failed":
      return applyToToolCall(toolCallOf(view, event.data), event);
    case "usage.updated":
      view.usage = pickUsage(event.data);
      return;
    case "run.completed":
    case "run.failed":
      view.usage = event.data.usage;
      view.stopReason = event.data.stop_reason;
      if (event.type === "run.completed") view.output = event.data.output;
      else view.error = event.data.error;
      return;
    case "run.cancelled":
      view.stopReason = event.data.stop_reason;
      return;
    case "stream.reset":
      return applySnapshot(view, event.data.run as unknown as Run); // its documented shape
    case "run.queued":
    case "updates": // whole messages, and all of them: there is nothing to join
    case "values":
    default: // a newer server's event
  }
}

function applySnapshot(view: RunView, run: Run): void {
  view.state = run.state;
  view.stopReason = run.stop_reason;
  view.usage = run.usage;
  view.output = run.output;
  view.error = run.error;
}

type MessageEvent = Extract<RunEvent, { type: `message.${string}` }>;
function applyToMessage(message: MessageView, event: MessageEvent): void {
  if (event.type === "message.delta") message.text += event.data.text;
  if (event.type !== "message.completed") return;
  message.text = event.data.content;
  message.isComplete = true;
  message.metadata = event.data.metadata;
}

type ToolCallEvent = Extract<RunEvent, { type: `tool_call.${string}` }>;
function applyToToolCall(call: ToolCallView, event: ToolCallEvent): void {
  if (event.type === "tool_call.started") {
    call.arguments = event.data.arguments;
  } else if (event.type === "tool_call.emitted") {
    call.emitted.push(event.data.value);
  } else if (event.type === "tool_call.completed") {
    call.state = "completed";
    call.output = event.data.output;
  } else {
    call.state = "failed";
    call.error = event.data.error;
  }
}

function messageOf(view: RunView, id: string): MessageView {
  const known = view.messages.find((message) => message.id === id);
  if (known) return known;
  const message = { id, text: "", isComplete: false, metadata: undefined };
  view.messages.push(message);
  return message;
}

function toolCallOf(view: RunView, data: { tool_call_id: string; name: string }): ToolCallView {
  const known = view.toolCalls.find((call) => call.id === data.tool_call_id);
  if (known) return known;
  const call: ToolCallView = {
    id: data.tool_call_id,
    name: data.name,
    arguments: null,
    state: "running",
    emitted: [],
    output: undefined,
    error: undefined,
  };
  view.toolCalls.push(call);
  return call;
}

function pickUsage(data: RunEventFields["usage.updated"]): NonNullable<Run["usage"]> {
  return { input_tokens: data.input_tokens, output_tokens: data.output_tokens };
}
