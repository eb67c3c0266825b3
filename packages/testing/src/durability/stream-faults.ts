import { compareEventIds, createRunViewer, type RunEvent } from "@llamaagent/client";
import type { ReadEvent } from "../api/read-events.ts";

/** The first epoch follows the one event that was written before any claim. */
const BEFORE_FIRST_EPOCH = "0-1";

export function toRunEvent({ id, event, data }: ReadEvent): RunEvent {
  // By the server's own schemas; a wrong shape shows in the checks.
  return { id, type: event, data: JSON.parse(data) } as RunEvent;
}

/** Gaps and repeats in what one reader was given, over all its connections. */
export function orderFaults(events: readonly RunEvent[]): string[] {
  const faults: string[] = [];
  let last = "0-0";
  for (const { id, data } of events) {
    const [lastEpoch = 0, lastSeq = 0] = last.split("-").map(Number);
    const [epoch = -1, seq = -1] = id.split("-").map(Number);
    if (epoch > 1 && seq === 1 && data.after === undefined)
      faults.push(`event ${id} opens an epoch and does not say after what`);
    const begins = data.after ?? (epoch === 0 ? "0-0" : BEFORE_FIRST_EPOCH);
    const follows =
      epoch === lastEpoch
        ? seq === lastSeq + 1
        : epoch > lastEpoch && seq === 1 && compareEventIds(begins, last) <= 0;
    if (!follows) faults.push(`event ${id} (after ${begins}) follows ${last}`);
    last = id;
  }
  return faults;
}

/**
 * After dropping what later epochs void, the joined deltas of each message equal its content, and in a
 * completed run every message and tool call has come to its end.
 */
export function messageFaults(events: readonly RunEvent[]): string[] {
  const faults: string[] = [];
  const viewer = createRunViewer();
  const deltas = new Map<string, string>();
  for (const event of events) {
    for (const id of viewer.apply(event).messageIds) {
      // What still holds of a message is in the view.
      deltas.set(id, viewer.view.messages.find((message) => message.id === id)?.text ?? "");
    }
    if (event.type === "message.delta") {
      const { message_id: id, text } = event.data;
      deltas.set(id, (deltas.get(id) ?? "") + text);
    }
    if (event.type === "message.completed") {
      const { message_id: id, content } = event.data;
      if ((deltas.get(id) ?? "") !== content)
        faults.push(`the deltas of ${id} are not its content`);
    }
  }
  if (events.at(-1)?.type !== "run.completed") return faults;
  const { messages, toolCalls } = viewer.view;
  for (const { id, isComplete } of messages) if (!isComplete) faults.push(`${id} is incomplete`);
  for (const { id, state } of toolCalls)
    if (state === "running") faults.push(`${id} is incomplete`);
  return faults;
}

/** What of a reader's events still holds at their end: each epoch's first event voids those after its `after`. */
export function eventsThatHold(events: readonly ReadEvent[]): ReadEvent[] {
  let kept: ReadEvent[] = [];
  for (const event of events) {
    const { after } = toRunEvent(event).data;
    if (after !== undefined) kept = kept.filter(({ id }) => compareEventIds(id, after) <= 0);
    kept.push(event);
  }
  return kept;
}

/** Where what holds of a reader's events is not, byte by byte, what the server replays after the end. */
export function replayFaults(
  events: readonly ReadEvent[],
  replayed: readonly ReadEvent[],
): string[] {
  const held = eventsThatHold(events);
  const text = ({ id, event, data }: ReadEvent) => `${id} ${event} ${data}`;
  for (let at = 0; at < Math.max(held.length, replayed.length); at += 1) {
    const [one, other] = [held[at], replayed[at]].map((event) => event && text(event));
    if (one !== other) return [`read ${one ?? "nothing"}, replayed ${other ?? "nothing"}`];
  }
  return [];
}
