import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { repeatWork } from "./repeat-work.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("repeatWork", () => {
  it("works first after its own time, then regularly, until it is told to stop", async () => {
    const stopping = new AbortController();
    const at: number[] = [];
    const start = Date.now();
    repeatWork({
      work: async () => void at.push(Date.now() - start),
      firstAfterMs: 90,
      everyMs: 1_000,
      onError: () => {},
      signal: stopping.signal,
    });
    await vi.advanceTimersByTimeAsync(2_500);
    expect(at).toEqual([90, 1_090, 2_090]);
    stopping.abort();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(at).toHaveLength(3);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("asks after each round when the next one is", async () => {
    const stopping = new AbortController();
    const at: number[] = [];
    const start = Date.now();
    repeatWork({
      work: async () => void at.push(Date.now() - start),
      everyMs: () => 100 * (at.length + 1),
      onError: () => {},
      signal: stopping.signal,
    });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(at).toEqual([100, 300, 600, 1_000]);
    stopping.abort();
  });

  it("waits for a slow round, and goes on after one that failed", async () => {
    const stopping = new AbortController();
    const errors: unknown[] = [];
    let rounds = 0;
    repeatWork({
      work: async () => {
        rounds += 1;
        await new Promise((resolve) => setTimeout(resolve, 1_500));
        throw new Error(`round ${rounds}`);
      },
      everyMs: 1_000,
      onError: (error) => errors.push(String(error)),
      signal: stopping.signal,
    });
    await vi.advanceTimersByTimeAsync(2_400);
    expect(rounds).toBe(1);
    await vi.advanceTimersByTimeAsync(2_600);
    expect(errors).toEqual(["Error: round 1", "Error: round 2"]);
    stopping.abort();
  });
});
