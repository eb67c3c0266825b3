import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { atIntervals } from "./at-intervals.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("gives what came of each call until it is stopped", async () => {
  const until = new AbortController().signal;
  const repetition = atIntervals({ everyMs: 10, until, once: async (index) => index });
  await vi.advanceTimersByTimeAsync(35);
  expect(await repetition.stop()).toEqual([0, 1, 2]);
  expect(vi.getTimerCount()).toBe(0);
});

it("goes on no longer than the experiment, though nobody stops it", async () => {
  const experiment = new AbortController();
  atIntervals({ everyMs: 10, until: experiment.signal, once: async (index) => index });
  experiment.abort();
  expect(vi.getTimerCount()).toBe(0);
});
