import { AppError } from "@llamaagent/core";
import type { ClaimedRun } from "@llamaagent/runs";
import { beforeEach, describe, expect, it } from "vitest";
import { type Claiming, createClaiming } from "./claiming.ts";
import { createSlots, type Slots } from "./slots.ts";

/** Runs in the queue. */
let queue: string[];
/** What claims asked for. */
let asked: { age: number; priority: number }[];
/** What claims wait for. */
let answer: Promise<unknown>;
let mayClaim: boolean;
let nowMs: number;
let taken: string[];
let errors: unknown[];
let passedOn: number[];
let stopping: AbortController;
beforeEach(() => {
  [queue, asked, taken, errors, passedOn] = [[], [], [], [], []];
  answer = Promise.resolve();
  mayClaim = true;
  nowMs = 5_000;
  stopping = new AbortController();
});

function claimingFor(slots: Slots): Claiming {
  return createClaiming({
    slots,
    clock: { monotonicMs: () => nowMs },
    mayClaim: () => mayClaim,
    async claimFirst(counts) {
      asked.push(counts);
      await answer;
      const ids = queue.splice(0, counts.age + counts.priority);
      return ids.map((id) => ({ run: { run_id: id } }) as ClaimedRun); // no more of it is looked at
    },
    take: ({ run }) => taken.push(run.run_id),
    onError: (error) => errors.push(error),
    signal: stopping.signal,
  });
}
const hinted = (claiming: Claiming, runs = 1, runId = "of another's") =>
  claiming.claimHinted({ runId, runs }, (more) => passedOn.push(more));
const turn = () => new Promise(setImmediate);

it("claims one run for a hint, once a slot is free", async () => {
  queue = ["a", "b", "c"];
  const slots = createSlots(1);
  const claiming = claimingFor(slots);
  await hinted(claiming);
  const waiting = hinted(claiming);
  await turn();
  expect(taken).toEqual(["a"]);
  slots.release();
  await waiting;
  expect(taken).toEqual(["a", "b"]);
  const last = hinted(claiming);
  stopping.abort(new Error("stopped"));
  await expect(last).rejects.toThrow("stopped");
});

it("claims, in one, for all that a hint tells of", async () => {
  queue = ["a", "b", "c"];
  const slots = createSlots(4);
  await hinted(claimingFor(slots), 3);
  expect(asked).toEqual([{ age: 0, priority: 3 }]);
  expect(taken).toEqual(["a", "b", "c"]);
  expect(slots.free).toBe(1);
  expect(passedOn).toEqual([]);
});

it("passes on what of a hint is too much for its free slots", async () => {
  queue = ["a", "b", "c"];
  await hinted(claimingFor(createSlots(1)), 3);
  expect(taken).toEqual(["a"]);
  expect(passedOn).toEqual([2]);
});

it("keeps the whole hint while no slot is free, until the queue is empty", async () => {
  queue = ["a", "b"];
  const slots = createSlots(1);
  const claiming = claimingFor(slots);
  await hinted(claiming);
  const waiting = hinted(claiming, 3);
  await turn();
  slots.release();
  await turn();
  expect(taken).toEqual(["a", "b"]);
  slots.release();
  await waiting;
  expect(slots.free).toBe(1);
  expect(passedOn).toEqual([]);
});

it("drops hints of what a full worker has claimed ahead of them, while the queue has more", async () => {
  const slots = createSlots(2);
  const claiming = claimingFor(slots);
  await hinted(claiming);
  queue = Array.from({ length: 9 }, (_, n) => `run ${n}`);
  await claiming.claimAnyway();
  expect(taken).toHaveLength(2);
  await hinted(claiming, 2);
  expect(taken).toHaveLength(2);
  // All that was ahead has been told of: this one waits for a slot.
  const waiting = hinted(claiming, 1);
  await turn();
  slots.release();
  await waiting;
  expect(taken).toHaveLength(3);
});

it("drops no hint for what was claimed while none came", async () => {
  queue = ["a", "b", "c"];
  const slots = createSlots(1);
  const claiming = claimingFor(slots);
  await claiming.claimAnyway();
  expect(taken).toEqual(["a"]);
  const waiting = hinted(claiming);
  await turn();
  slots.release();
  await waiting;
  expect(taken).toEqual(["a", "b"]);
});

it("heeds each hint once the queue was empty, and while a slot is free", async () => {
  const slots = createSlots(2);
  const claiming = claimingFor(slots);
  await hinted(claiming);
  queue = ["a", "b"];
  await claiming.claimAnyway();
  slots.release();
  queue.push("c");
  await hinted(claiming, 1);
  expect(taken).toEqual(["a", "b", "c"]);
  slots.release();
  await claiming.claimAnyway();
  queue.push("d");
  await hinted(claiming, 1);
  queue.push("e");
  const waiting = hinted(claiming, 1);
  await turn();
  slots.release();
  await waiting;
  expect(taken).toEqual(["a", "b", "c", "d", "e"]);
});

it("gives the slot back where there was nothing, and where the claim failed", async () => {
  const slots = createSlots(1);
  const claiming = claimingFor(slots);
  await hinted(claiming);
  expect(slots.free).toBe(1);
  const away = new AppError("service_unavailable");
  answer = Promise.reject(away);
  await hinted(claiming);
  expect(slots.free).toBe(1);
  expect(errors).toEqual([away]);
});

it("claims for all free slots, in one, where no hint came for a second", async () => {
  queue = ["a", "b", "c"];
  const slots = createSlots(2);
  const claiming = claimingFor(slots);
  await hinted(claiming);
  nowMs += 1_000;
  await claiming.claimDirectly();
  expect(taken).toEqual(["a"]);
  nowMs += 1;
  slots.release();
  await claiming.claimDirectly();
  expect(taken).toEqual(["a", "b", "c"]);
  expect(asked).toEqual([
    { age: 0, priority: 1 },
    { age: 0, priority: 2 },
  ]);
});

it("claims for all free slots also where hints come", async () => {
  queue = ["a", "b", "c", "d", "e"];
  const slots = createSlots(2);
  const claiming = claimingFor(slots);
  await hinted(claiming);
  await claiming.claimAnyway();
  expect(taken).toEqual(["a", "b"]);
  slots.release();
  await claiming.claimDirectly();
  expect(taken).toEqual(["a", "b"]);
  await claiming.claimAnyway();
  expect(taken).toEqual(["a", "b", "c"]);
});

it("claims on without hints while a claim of several gets all that it asks for", async () => {
  queue = ["a", "b", "c", "d", "e", "f"];
  const slots = createSlots(3);
  const claiming = claimingFor(slots);
  const end = async (count: number) => {
    for (let n = 0; n < count; n += 1) slots.release();
    await claiming.claimDirectly();
  };
  await hinted(claiming);
  await end(1);
  expect(taken).toHaveLength(1);
  await Promise.all([hinted(claiming), hinted(claiming)]);
  await end(2);
  expect(taken).toHaveLength(6);
});

it("claims the oldest run with every eighth claim", async () => {
  queue = ["a", "b", "c", "d", "e", "f", "g", "h"];
  const slots = createSlots(7);
  const claiming = claimingFor(slots);
  await claiming.claimDirectly();
  slots.release();
  await claiming.claimDirectly();
  expect(asked).toEqual([
    { age: 0, priority: 7 },
    { age: 1, priority: 0 },
  ]);
});

it("does not send a claim that waited for another one until the lease was over", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  answer = promise;
  const claiming = claimingFor(createSlots(2));
  const first = hinted(claiming);
  await turn();
  const waiting = hinted(claiming);
  await turn();
  mayClaim = false;
  resolve();
  await Promise.all([first, waiting]);
  expect(asked).toHaveLength(1);
});

it("has settled once what was being claimed is at work", async () => {
  queue = ["a"];
  const { promise, resolve } = Promise.withResolvers<void>();
  answer = promise;
  const claiming = claimingFor(createSlots(1));
  void hinted(claiming);
  await turn();
  const seen = claiming.settled().then(() => [...taken]);
  resolve();
  expect(await seen).toEqual(["a"]);
});

describe("a hint that was announced", () => {
  it("is claimed for at once, and no more when it is there", async () => {
    queue = ["a", "b"];
    const claiming = claimingFor(createSlots(2));
    claiming.claimAnnounced();
    await turn();
    expect(taken).toEqual(["a"]);
    await hinted(claiming, 1, "a");
    expect(taken).toEqual(["a"]);
    await hinted(claiming, 1, "b");
    expect(taken).toEqual(["a", "b"]);
  });

  it("waits for the claim that its announcement began", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    [queue, answer] = [["a", "b"], promise];
    const claiming = claimingFor(createSlots(2));
    claiming.claimAnnounced();
    const told = hinted(claiming, 2, "a");
    resolve();
    await told;
    expect(taken).toEqual(["a", "b"]);
    expect(asked).toHaveLength(2);
  });

  it("is claimed for when it is there, where its announcement brought another run, or none", async () => {
    queue = ["a", "b"];
    const claiming = claimingFor(createSlots(4));
    claiming.claimAnnounced();
    await hinted(claiming, 1, "b");
    expect(taken).toEqual(["a", "b"]);
    nowMs += 50;
    claiming.claimAnnounced();
    await turn();
    queue = ["c", "d"];
    await hinted(claiming, 1, "c");
    expect(taken).toEqual(["a", "b", "c"]);
    // For a second after one in vain none is heeded.
    nowMs += 500;
    claiming.claimAnnounced();
    await turn();
    expect(taken).toEqual(["a", "b", "c"]);
    nowMs += 500;
    claiming.claimAnnounced();
    await turn();
    expect(taken).toEqual(["a", "b", "c", "d"]);
  });

  it("passes on what is too much where the announced one has taken the last slot", async () => {
    queue = ["a", "b", "c", "d"];
    const claiming = claimingFor(createSlots(1));
    claiming.claimAnnounced();
    await hinted(claiming, 4, "a");
    expect([taken, passedOn]).toEqual([["a"], [3]]);
  });

  it("brings nothing where nothing may be claimed, no slot is free, or a hint has just come", async () => {
    queue = ["a", "b"];
    const slots = createSlots(1);
    const claiming = claimingFor(slots);
    mayClaim = false;
    claiming.claimAnnounced();
    mayClaim = true;
    await hinted(claiming);
    expect(taken).toEqual(["a"]);
    nowMs += 50;
    claiming.claimAnnounced();
    slots.release();
    await turn();
    expect(taken).toEqual(["a"]);
    await hinted(claiming);
    slots.release();
    queue = ["c"];
    claiming.claimAnnounced();
    await turn();
    expect(taken).toEqual(["a", "b"]);
    expect(slots.free).toBe(1);
  });
});
