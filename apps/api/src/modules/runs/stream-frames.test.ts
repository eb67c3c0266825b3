import type { StoredEvent } from "@llamaagent/core";
import { describe, expect, it } from "vitest";
import { createReaderMemory } from "../../reader-memory.ts";
import { createRunValues } from "./run-values.ts";
import { modesOf, type StreamMode } from "./stream-mode.ts";
import { streamFrames } from "./stream-frames.ts";
import { streamPosition } from "./stream-position.ts";

const runId = "0199-run";
const place = createReaderMemory(Infinity).kept();
const event = (id: string, type: StoredEvent["type"], fields: object = {}): StoredEvent => ({
  id,
  type,
  data: JSON.stringify({ run_id: runId, at: id, ...fields }),
});
const answer = (id: string, message_id: string, content: string, tool_calls: object[] = []) =>
  event(id, "message.completed", { message_id, role: "assistant", content, tool_calls });

/** Two calls side by side, of which the second ends first, then an answer. */
const log: StoredEvent[] = [
  event("0-1", "run.queued"),
  event("1-1", "run.started"),
  event("1-2", "message.started", { message_id: "m0", role: "assistant" }),
  event("1-3", "message.delta", { message_id: "m0", text: "Hm" }),
  answer("1-4", "m0", "Hm", [
    { id: "c0", name: "echo", arguments: {} },
    { id: "c1", name: "echo", arguments: {} },
  ]),
  event("1-5", "usage.updated"),
  event("1-6", "tool_call.started", { tool_call_id: "c0", name: "echo", arguments: {} }),
  event("1-7", "tool_call.started", { tool_call_id: "c1", name: "echo", arguments: {} }),
  event("1-8", "tool_call.completed", { tool_call_id: "c1", name: "echo", output: { n: 1 } }),
  event("1-9", "tool_call.failed", {
    tool_call_id: "c0",
    name: "echo",
    error: { code: "tool_failed", message: "no" },
  }),
  answer("1-10", "m1", "Done"),
  event("1-11", "run.completed", { status: "success", stop_reason: "completed", output: "Done" }),
];
const user = { role: "user", content: "Hi" };
const asked = {
  id: "m0",
  role: "assistant",
  content: "Hm",
  tool_calls: [
    { id: "c0", name: "echo", arguments: {} },
    { id: "c1", name: "echo", arguments: {} },
  ],
};
const failed = {
  role: "tool",
  tool_call_id: "c0",
  content: '{"error":{"code":"tool_failed","message":"no"}}',
};
const echoed = { role: "tool", tool_call_id: "c1", content: '{"n":1}' };
const done = { id: "m1", role: "assistant", content: "Done" };

interface Frame {
  id: string;
  type: string;
  data: { values?: unknown; messages?: unknown } & Record<string, unknown>;
}

async function frames(
  modes: StreamMode[],
  { events = log, after }: { events?: StoredEvent[]; after?: string } = {},
): Promise<Frame[]> {
  const values = modes.includes("values")
    ? createRunValues([{ role: "user", content: "Hi" }], place)
    : undefined;
  const position = streamPosition({ lastEventId: after, after: undefined });
  const given = streamFrames(toAsync(events), { runId, modes: modesOf(modes), position, values });
  const read: Frame[] = [];
  for await (const { data, ...rest } of given)
    read.push({ ...rest, data: JSON.parse(data) as Frame["data"] });
  return read;
}
async function* toAsync(events: StoredEvent[]): AsyncGenerator<StoredEvent> {
  yield* events;
}
const names = (read: Frame[]): string[] => read.map(({ id, type }) => `${id} ${type}`);
const messagesOf = (read: Frame[]): unknown[] =>
  read.filter(({ type }) => type === "values").map(({ data }) => data.messages);

describe("streamFrames", () => {
  it("sends the events as they are", async () => {
    expect(names(await frames(["events"]))).toEqual(log.map(({ id, type }) => `${id} ${type}`));
  });

  it("sends the messages", async () => {
    expect(names(await frames(["messages"]))).toEqual([
      "0-1 run.queued",
      "1-1 run.started",
      "1-2 message.started",
      "1-3 message.delta",
      "1-4 message.completed",
      "1-10 message.completed",
      "1-11 run.completed",
    ]);
  });

  it("sends an update for each ended step", async () => {
    const read = await frames(["updates"]);
    expect(names(read)).toEqual([
      "0-1 run.queued",
      "1-1 run.started",
      "1-4 updates",
      "1-8 updates",
      "1-9 updates",
      "1-10 updates",
      "1-11 run.completed",
    ]);
    const updates = read.filter(({ type }) => type === "updates").map(({ data }) => data);
    const of = { run_id: runId };
    expect(updates).toEqual([
      { ...of, at: "1-4", kind: "model", messages: [asked] },
      { ...of, at: "1-8", kind: "tool", name: "echo", messages: [echoed] },
      { ...of, at: "1-9", kind: "tool", name: "echo", messages: [failed] },
      { ...of, at: "1-10", kind: "model", messages: [done] },
    ]);
  });

  it("sends the values after each step and at the end, answers in the order of their calls", async () => {
    const read = await frames(["values"]);
    expect(names(read)).toEqual([
      "0-1 run.queued",
      "1-1 run.started",
      "1-4 values",
      "1-8 values",
      "1-9 values",
      "1-10 values",
      "1-11.1 values",
      "1-11 run.completed",
    ]);
    expect(messagesOf(read)).toEqual([
      [user, asked],
      [user, asked, echoed],
      [user, asked, failed, echoed],
      [user, asked, failed, echoed, done],
      [user, asked, failed, echoed, done],
    ]);
    expect(read.filter(({ type }) => type === "values").map(({ data }) => data.values)).toEqual([
      {},
      {},
      {},
      {},
      { output: "Done" },
    ]);
  });

  it("sends what several modes make of an event before the event, whose id only the last has", async () => {
    const read = await frames(["values", "updates", "messages"]);
    expect(names(read).filter((name) => name.startsWith("1-4"))).toEqual([
      "1-4.1 updates",
      "1-4.2 values",
      "1-4 message.completed",
    ]);
    expect(names(read).filter((name) => name.startsWith("1-8"))).toEqual([
      "1-8.1 updates",
      "1-8 values",
    ]);
  });

  it("reads on between the frames of an event", async () => {
    const modes: StreamMode[] = ["values", "updates", "messages"];
    const whole = await frames(modes);
    for (const [index, { id }] of whole.entries())
      expect(await frames(modes, { after: id })).toEqual(whole.slice(index + 1));
    // With other modes, by which there is less of that event: its last frame at least.
    const rest = await frames(["messages"], { events: log.slice(4), after: "1-4.2" });
    expect(names(rest)[0]).toBe("1-4 message.completed");
  });

  it("takes back what a later epoch voids, and says what holds", async () => {
    const events = [
      ...log.slice(0, 8),
      event("2-1", "run.resumed", { after: "1-3", restarted: ["m0"] }),
      answer("2-2", "m0b", "Again"),
    ];
    const read = await frames(["values"], { events });
    expect(names(read).slice(2)).toEqual([
      "1-4 values",
      "2-1.1 values",
      "2-1 run.resumed",
      "2-2 values",
    ]);
    expect(messagesOf(read)).toEqual([
      [user, asked],
      [user],
      [user, { id: "m0b", role: "assistant", content: "Again" }],
    ]);
  });

  it("passes on what begins an epoch, whatever it is", async () => {
    const usage = event("2-1", "usage.updated", { after: "1-3", restarted: [] });
    const read = await frames(["messages"], { events: [...log.slice(0, 2), usage] });
    expect(names(read).at(-1)).toBe("2-1 usage.updated");
  });

  it("passes on a reset and an end before the position", async () => {
    const events = [...log.slice(0, 2), event("1-2", "stream.reset"), ...log.slice(4, 5)];
    const read = await frames(["values"], { events, after: "1-9" });
    expect(names(read)).toEqual(["1-2.1 values", "1-2 stream.reset", "1-4 values"]);
    expect(messagesOf(read)).toEqual([[user], [user, asked]]);
    const ended = await frames(["values"], { after: "1-99" });
    expect(names(ended)).toEqual(["1-11.1 values", "1-11 run.completed"]);
    expect(await frames(["values"], { after: "1-11" })).toEqual([]);
  });
});
