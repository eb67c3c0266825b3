import { compareEventIds, createRunViewer, type RunEvent } from "@llamaagent/client";
import type { Json, StoredEvent } from "@llamaagent/core";
import { expect } from "vitest";
import { z } from "zod";

/** A run's event, as it was sent or stored. */
export type Logged = { id: string; type: string; data: Record<string, Json> };

export const parsed = ({ id, type, data }: StoredEvent): Logged => ({
  id,
  type,
  data: JSON.parse(data) as Logged["data"], // an event's data is an object
});

/** Gapless inside an epoch; each later epoch says after which durable event it begins; one end. */
export function expectIds(stored: readonly Logged[]): void {
  // A message that begins again does so under a new id.
  for (const [index, { data }] of stored.entries())
    for (const id of z.array(z.string()).parse(data["restarted"] ?? []))
      expect(stored.slice(index).filter((e) => e.data["message_id"] === id)).toEqual([]);
  for (const [index, { id, data }] of stored.entries()) {
    const before = stored[index - 1]?.id ?? "0-0";
    const [epoch, seq] = id.split("-").map(Number);
    const [epochBefore, seqBefore = 0] = before.split("-").map(Number);
    if (epoch === epochBefore) expect(seq).toBe(seqBefore + 1);
    else expect(seq).toBe(1);
    if (seq === 1 && (epoch ?? 0) > 1) expect(data["after"]).toBe(before);
  }
  const ends = stored.filter(({ type }) => type === "run.completed");
  expect(ends).toHaveLength(1);
  expect(stored.at(-1)).toBe(ends[0]);
}

/** A reader that lives on the tail and fills what it misses from the stored log. */
export function readAlong(live: readonly Logged[], stored: readonly Logged[]): Logged[] {
  const seen: Logged[] = [];
  const lastId = () => seen.at(-1)?.id ?? "0-0";
  const follows = ({ id, data: { after } }: Logged) => {
    const [epoch, seq = 0] = id.split("-").map(Number);
    const [epochBefore, seqBefore = 0] = lastId().split("-").map(Number);
    if (epoch === epochBefore) return seq === seqBefore + 1;
    return seq === 1 && compareEventIds(typeof after === "string" ? after : "0-1", lastId()) <= 0;
  };
  const fill = () => seen.push(...stored.filter(({ id }) => compareEventIds(id, lastId()) > 0));
  for (const event of live) {
    if (!follows(event)) fill();
    if (follows(event)) seen.push(event);
  }
  fill();
  return seen;
}

/** The stored events without those of messages and calls that began again. */
export function withoutVoid(stored: readonly Logged[]): Logged[] {
  let kept: Logged[] = [];
  for (const event of stored) {
    const restarted = event.data["restarted"];
    if (Array.isArray(restarted))
      kept = kept.filter(
        ({ data }) => !restarted.includes(data["message_id"] ?? data["tool_call_id"] ?? null),
      );
    kept.push(event);
  }
  return kept;
}

export const usages = (events: readonly Logged[]) =>
  events.flatMap(({ type, data }) => (type === "usage.updated" ? [data["input_tokens"]] : []));
/** Each at most once: of messages and calls that hold. */
export const beginningsAndEnds = (events: readonly Logged[]) =>
  events.flatMap(({ type, data }) =>
    /^(message|tool_call)\.(started|completed|failed)$/.test(type)
      ? [JSON.stringify([type, data["message_id"] ?? data["tool_call_id"]])]
      : [],
  );
export const contents = (events: readonly Logged[]) =>
  events.flatMap(({ type, data }) =>
    type === "message.completed" ? [[data["message_id"], data["content"]] as const] : [],
  );
export const deltas = (events: readonly Logged[], id: Json | undefined) =>
  events
    .flatMap(({ type, data }) =>
      type === "message.delta" && data["message_id"] === id ? [z.string().parse(data["text"])] : [],
    )
    .join("");

/** What a client shows, without the message ids, which may differ between runs. */
export function view(events: readonly Logged[]) {
  const viewer = createRunViewer();
  for (const event of events) viewer.apply(event as unknown as RunEvent); // as they were sent
  const { messages, toolCalls, ...rest } = viewer.view;
  return {
    ...rest,
    messages: messages.map(({ id: _id, ...message }) => message),
    toolCalls: toolCalls.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
  };
}
