import type { StoredEvent } from "@llamaagent/core";
import { createRunFollower, createRunWriter, type RunFollower } from "@llamaagent/runs";
import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture, type RunsFixture } from "@llamaagent/testing/runs-fixture";
import { afterEach, beforeEach, expect, it } from "vitest";
import { runFrames } from "./run-frames.ts";
import { createReaderMemory } from "../../reader-memory.ts";
import { modesOf } from "./stream-mode.ts";
import type { StreamFrame } from "./stream-frames.ts";
import { streamPosition } from "./stream-position.ts";

const event = (id: string, type: StoredEvent["type"], fields: object = {}): StoredEvent => ({
  id,
  type,
  data: JSON.stringify({ run_id: "r", at: id, ...fields }),
});
const answer = (id: string, message_id: string): StoredEvent =>
  event(id, "message.completed", {
    message_id,
    role: "assistant",
    content: message_id,
    tool_calls: [],
  });

onEachDatabase((database) => {
  let runs: RunsFixture;
  let follower: RunFollower;
  beforeEach(async () => {
    runs = await createRunsFixture(database());
    const { db, tail, clock } = runs.context;
    follower = createRunFollower({ db, tail, clock, onError: () => undefined });
  });
  afterEach(() => follower.close());

  /** A run at work, and a reader of its values after an event. */
  async function running() {
    const { fence } = await runs.claimed();
    const { tenantId, runId } = fence;
    const gone = new AbortController();
    return {
      store: (...events: StoredEvent[]) =>
        createRunWriter(database()).write({ fence, batch: { events, steps: [] } }),
      publish: (...events: StoredEvent[]) =>
        runs.context.tail.publish([{ tenantId, runId, events }]),
      values(after: string, memory = createReaderMemory(Infinity)) {
        const position = streamPosition({ lastEventId: after, after: undefined });
        const streamed = { runId, modes: modesOf("values"), position };
        const sources = { context: runs.context, follower, streams: { memory } };
        return runFrames(sources, streamed, { tenantId, signal: gone.signal });
      },
      close: () => gone.abort(),
    };
  }
  const contents = ({ data }: StreamFrame): string[] =>
    (JSON.parse(data) as { messages: { content: string }[] }).messages.map((m) => m.content);

  it("knows the steps before the position, from Postgres and from the tail", async () => {
    const run = await running();
    const stored = [event("1-1", "run.started"), answer("1-2", "stored")];
    const sent = [event("1-3", "usage.updated"), answer("1-4", "sent")];
    await run.store(...stored);
    await run.publish(...stored, ...sent);
    for (const after of ["1-2", "1-3", "1-4"]) {
      const frames = await run.values(after);
      const first = frames.next();
      if (after === "1-4") await run.publish(answer("1-5", "now"));
      const { value } = await first;
      expect(value).toMatchObject({ type: "values", id: after === "1-4" ? "1-5" : "1-4" });
      const expected = after === "1-4" ? ["stored", "sent", "now"] : ["stored", "sent"];
      expect(value && contents(value)).toEqual(["Hello", ...expected]);
      await frames.return();
    }
    run.close();
  });

  it.each([
    { what: "others need the room", code: "service_unavailable", length: 100_000, others: 200_000 },
    { what: "no frame could hold them", code: "conflict", length: 150_000, others: 0 },
  ])("holds the messages that it knows, and ends where $what", async ({ code, length, others }) => {
    const run = await running();
    const content = "x".repeat(length);
    const large = { message_id: "large", role: "assistant", content, tool_calls: [] };
    await run.store(event("1-1", "run.started"), event("1-2", "message.completed", large));
    const memory = createReaderMemory(1_300_000);
    for (let n = 0; n < 2; n += 1) memory.kept().hold(others);
    memory.kept().hold(others / 2);
    const frames = await run.values("1-1", memory);
    expect((await frames.next()).value).toMatchObject({ type: "values", id: "1-2" });
    const next = expect(frames.next()).rejects.toMatchObject({ code });
    await run.publish(event("1-3", "message.completed", { ...large, message_id: "larger" }));
    await next;
    // What it held is there again.
    const again = await run.values("1-1", memory);
    expect((await again.next()).value).toMatchObject({ id: "1-2" });
    run.close();
  });

  it("knows of what a later epoch voided before the position that it is void", async () => {
    const run = await running();
    const stored = [event("1-1", "run.started"), answer("1-2", "stored")];
    await run.store(...stored);
    const resumed = event("2-1", "run.resumed", { after: "1-2", restarted: [] });
    await run.publish(...stored, answer("1-3", "void"), resumed, answer("2-2", "again"));
    // Of the epoch that is over: its reader had read on in the tail.
    const frames = await run.values("1-3");
    const [start, , values] = [await frames.next(), await frames.next(), await frames.next()];
    expect(start.value).toMatchObject({ id: "2-1.1", type: "values" });
    expect(start.value && contents(start.value)).toEqual(["Hello", "stored"]);
    expect(values.value && contents(values.value)).toEqual(["Hello", "stored", "again"]);
    await frames.return();
    run.close();
  });

  it.each(["7-1", "2-1"])("refuses %s, of an epoch that has not begun", async (after) => {
    const run = await running();
    await expect(run.values(after)).rejects.toMatchObject({ code: "invalid_event_id" });
  });
});
