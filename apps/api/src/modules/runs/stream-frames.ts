import {
  compareEventIds,
  type EventId,
  isTerminalEventType,
  parseEventId,
  START,
  type StoredEvent,
} from "@llamaagent/core";
import { epochStart, type RunValues } from "./run-values.ts";
import { stepMessage } from "./step-message.ts";
import type { StreamMode } from "./stream-mode.ts";
import type { StreamPosition } from "./stream-position.ts";

/** What a stream sends as one event: an event of the run, or what a mode makes of one. */
export interface StreamFrame {
  /** Of the event that caused it; `<id>.<n>` for what is sent of that event before its last frame. */
  id: string;
  type: string;
  /** JSON text. */
  data: string;
}

export interface FrameOptions {
  runId: string;
  modes: ReadonlySet<StreamMode>;
  position: StreamPosition;
  /** For the mode `values`; it takes the events from here on. */
  values?: RunValues | undefined;
}

/**
 * A run's events, complete and in order, as the modes show them. Every replica makes the same frames of
 * an event, so that a position between them holds anywhere.
 */
export async function* streamFrames(
  events: AsyncIterable<StoredEvent>,
  options: FrameOptions,
): AsyncGenerator<StreamFrame, void> {
  const { after, given } = options.position;
  // What comes from before the position is for `values` alone.
  let isBefore = true;
  for await (const event of events) {
    const parts = partsOf(event, options);
    const id = parseEventId(event.id) ?? START;
    isBefore &&= isUpTo(after, event, id);
    if (isBefore) continue;
    const frames = parts.map((part, index) => ({
      id: index === parts.length - 1 ? event.id : `${event.id}.${index + 1}`,
      ...part,
    }));
    const isPartial = given !== undefined && compareEventIds(id, given.of) === 0;
    // The last one has the event's own id, which that reader has not had.
    yield* isPartial ? frames.slice(Math.min(given.frames, frames.length - 1)) : frames;
  }
}

/** An end before the position says that the run never had what was read there, as a reset does. */
function isUpTo(after: EventId, { type }: StoredEvent, id: EventId): boolean {
  if (type === "stream.reset") return false;
  const order = compareEventIds(id, after);
  return isTerminalEventType(type) ? order === 0 : order <= 0;
}

/** The event itself comes last: a terminal one ends the stream. */
function partsOf(
  event: StoredEvent,
  { runId, modes, values }: FrameOptions,
): Omit<StreamFrame, "id">[] {
  const { type, data } = event;
  const hasUpdates = modes.has("updates");
  const step = hasUpdates || values ? stepMessage(event) : undefined;
  const start = epochStart(event);
  const parts = [];
  if (step && hasUpdates) {
    const { at, kind, name, message } = step;
    const update = { run_id: runId, at, kind, name, messages: [message] };
    parts.push({ type: "updates", data: JSON.stringify(update) });
  }
  values?.take(event, step);
  if (values && (step || start || type === "run.completed" || type === "stream.reset")) {
    const { at } = step ?? (JSON.parse(data) as { at: string }); // which every event has
    const ids = `"run_id":${JSON.stringify(runId)},"at":${JSON.stringify(at)}`;
    parts.push({ type: "values", data: `{${ids},${values.read()}}` });
  }
  // What begins an epoch says what is void of those before, whatever the event is.
  if (start || passes(type, modes)) parts.push({ type, data });
  return parts;
}

function passes(type: StoredEvent["type"], modes: ReadonlySet<StreamMode>): boolean {
  if (modes.has("events") || type === "stream.reset" || type.startsWith("run.")) return true;
  if (type === "tool_call.emitted") return modes.has("custom");
  return modes.has("messages") && type.startsWith("message.");
}
