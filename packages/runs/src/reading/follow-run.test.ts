import { START } from "@llamaagent/core";
import type { Database } from "@llamaagent/db";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { memoryEventTail } from "../tail/memory-event-tail.ts";
import { createRunFollower } from "./follow-run.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("compares its readers with Postgres once at a time, however long that takes", async () => {
  let queries = 0;
  let now = 0;
  const answer = Promise.withResolvers<[]>();
  const system = () => ((queries += 1), answer.promise);
  const follower = createRunFollower({
    db: { system } as unknown as Database, // readers of new runs ask it for nothing else
    tail: memoryEventTail(),
    clock: { now: () => new Date(), monotonicMs: () => now },
    onError: () => {},
  });
  const run = { tenantId: "t", runId: "r" };
  const queued = { id: "0-1", type: "run.queued" as const, data: "{}" };
  const { signal } = new AbortController();
  await follower.follow(run, { after: START, signal, queued }).next();
  now = 10_000;
  await vi.advanceTimersByTimeAsync(2_000);
  expect(queries).toBe(1);
  answer.resolve([]);
  await vi.advanceTimersByTimeAsync(500);
  now = 20_000;
  await vi.advanceTimersByTimeAsync(500);
  expect(queries).toBe(2);
  await follower.close();
});

it("takes no reader for gone that came while Postgres was asked", async () => {
  let now = 0;
  const answer = Promise.withResolvers<[]>();
  const tail = memoryEventTail();
  const follower = createRunFollower({
    db: { system: () => answer.promise } as unknown as Database, // readers of new runs ask it for nothing else
    tail,
    clock: { now: () => new Date(), monotonicMs: () => now },
    onError: () => {},
  });
  const queued = { id: "0-1", type: "run.queued" as const, data: "{}" };
  const { signal } = new AbortController();
  const follow = (runId: string) =>
    follower.follow({ tenantId: "t", runId }, { after: START, signal, queued });
  const [deleted, late] = [follow("deleted"), follow("late")];
  await deleted.next();
  now = 10_000;
  await vi.advanceTimersByTimeAsync(500);
  await late.next();
  answer.resolve([]);
  expect(await deleted.next()).toEqual({ done: true, value: undefined });
  const more = late.next();
  const event = { id: "0-2", type: "message.delta" as const, data: "{}" };
  await tail.publish([{ tenantId: "t", runId: "late", events: [event] }]);
  expect(await more).toEqual({ done: false, value: event });
  await follower.close();
});

it("ends its readers when it closes, behind what they have, and those that come then", async () => {
  const tail = memoryEventTail();
  const follower = createRunFollower({
    db: {} as unknown as Database, // readers of new runs ask it for nothing
    tail,
    clock: { now: () => new Date(), monotonicMs: () => 0 },
    onError: () => {},
  });
  const queued = { id: "0-1", type: "run.queued" as const, data: "{}" };
  const { signal } = new AbortController();
  const run = { tenantId: "t", runId: "r" };
  const publish = (...ids: string[]) =>
    tail.publish([
      { ...run, events: ids.map((id) => ({ id, type: "message.delta" as const, data: "{}" })) },
    ]);
  const [slow, waiting] = [1, 2].map(() => follower.follow(run, { after: START, signal, queued }));
  await slow?.next();
  await waiting?.next();
  const next = waiting?.next();
  await publish("0-2", "0-3", "0-4");
  expect(await next).toMatchObject({ value: { id: "0-2" } });
  await follower.close();
  const read: unknown[] = [];
  for (let n = 5; read.length < 10; n += 1) {
    const { done, value } = (await slow?.next()) ?? { done: true };
    if (done) break;
    read.push(value?.id);
    await publish(`0-${n}`);
  }
  expect(read).toEqual(["0-2", "0-3", "0-4"]);
  const late = follower.follow(run, { after: START, signal, queued });
  expect(await late.next()).toEqual({ done: true, value: undefined });
});
