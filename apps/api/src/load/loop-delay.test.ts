import { afterEach, expect, it, vi } from "vitest";
import { type LoopDelay, measureLoopDelay } from "./loop-delay.ts";

let delay: LoopDelay;
afterEach(() => {
  delay.close();
  vi.useRealTimers();
});

/** Of a window each, in milliseconds. */
function measured(...means: number[]): number[] {
  vi.useFakeTimers();
  const histogram = { mean: 0, enable: () => true, disable: () => true, reset: () => undefined };
  delay = measureLoopDelay(histogram);
  return means.map((mean) => {
    histogram.mean = (mean + 10) * 1e6;
    vi.advanceTimersByTime(500);
    return delay.ms;
  });
}

it("is what two windows in a row were late by", () => {
  expect(measured(400, 600, 500, 0, 700)).toEqual([0, 400, 500, 0, 0]);
});

it("takes a window without a sample for none that was late", () => {
  expect(measured(400, Number.NaN, 400, 300)).toEqual([0, 0, 0, 300]);
});

it("sees a thread that is held", async () => {
  delay = measureLoopDelay();
  const until = performance.now() + 10_000;
  while (delay.ms < 100 && performance.now() < until) {
    const busyUntil = performance.now() + 300;
    while (performance.now() < busyUntil);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(delay.ms).toBeGreaterThanOrEqual(100);
});
