import { systemClock, type TailBatch } from "@llamaagent/core";
import { expect, it } from "vitest";
import { memoryEventTail } from "../tail/memory-event-tail.ts";
import { createTailWriter } from "./tail-writer.ts";

const run = { tenantId: "t", runId: "r" };
const delta = (seq: number) => ({ id: `1-${seq}`, type: "message.delta" as const, data: "{}" });
/** Later than what the same claim began, earlier than what the run does then. */
const microtask = () => new Promise<void>((resolve) => queueMicrotask(resolve));

/** A tail whose sends take until they are let go. */
function slowTail() {
  const sent: string[][] = [];
  const gates: PromiseWithResolvers<void>[] = [];
  const publish = async (batches: TailBatch[]) => {
    sent.push(batches.flatMap(({ events }) => events.map(({ id }) => id)));
    const gate = Promise.withResolvers<void>();
    gates.push(gate);
    await gate.promise;
  };
  const writer = createTailWriter({ ...memoryEventTail(), publish }, systemClock, () => true);
  return { sent, gates, writer };
}

it("sends what one callback adds together, then at most once in 5 ms, and an end at once", async () => {
  const { sent, writer } = slowTail();
  writer.add(run, [delta(1)]);
  writer.add(run, [delta(2)]);
  await microtask();
  writer.add(run, [delta(3)]);
  await microtask();
  expect(sent).toEqual([["1-1", "1-2"]]);
  writer.add(run, [{ ...delta(4), type: "run.completed" }]);
  await microtask();
  expect(sent).toEqual([
    ["1-1", "1-2"],
    ["1-3", "1-4"],
  ]);
});

it("is flushed when what was under way was sent too", async () => {
  const { gates, writer } = slowTail();
  writer.add(run, [delta(1)]);
  await microtask();
  let isFlushed = false;
  const flushed = writer.flush().then(() => (isFlushed = true));
  await new Promise(setImmediate);
  expect(isFlushed).toBe(false);
  gates[0]?.resolve();
  await flushed;
});

it("drops what may not be sent, and sends what comes once it may", async () => {
  const sent: string[] = [];
  const publish = async (batches: TailBatch[]) => {
    for (const { events } of batches) sent.push(...events.map(({ id }) => id));
  };
  let canSend = false;
  const writer = createTailWriter({ ...memoryEventTail(), publish }, systemClock, () => canSend);
  writer.add(run, [delta(1)]);
  await writer.flush();
  canSend = true;
  writer.add(run, [delta(2)]);
  await writer.flush();
  expect(sent).toEqual(["1-2"]);
});
