import type { RunHint } from "@llamaagent/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { heldHints } from "./held-hints.ts";

const hint = (runId: string, priority: number, runs = 1): RunHint => ({
  tenantId: "t",
  runId,
  generation: 1,
  priority,
  runs,
});

describe("heldHints", () => {
  let sent: (readonly RunHint[])[];
  let canSend: boolean;
  const add = () =>
    heldHints(async (hints) => {
      sent.push(hints);
      return canSend;
    }).add;
  beforeEach(() => {
    vi.useFakeTimers();
    [sent, canSend] = [[], true];
  });
  afterEach(() => void vi.useRealTimers());

  it("sends at once near the head of the queue, and further back after 10 ms together", async () => {
    const hold = add();
    void hold([hint("a", 32, 4)]);
    expect(sent).toEqual([[hint("a", 32, 4)]]);
    void hold([hint("b", 33, 2)]);
    await vi.advanceTimersByTimeAsync(6);
    void hold([hint("c", 1), hint("d", 35, 3)]);
    expect(sent.slice(1)).toEqual([[hint("c", 1)]]);
    await vi.advanceTimersByTimeAsync(4);
    expect(sent.slice(2)).toEqual([[hint("b", 33, 5)]]);
    void hold([hint("e", 40)]);
    await vi.advanceTimersByTimeAsync(10);
    expect(sent.slice(3)).toEqual([[hint("e", 40)]]);
  });

  it("tells of sixteen runs in one hint, and of the rest in the next", async () => {
    const hold = add();
    void hold([10, 6, 1, 16].map((runs, index) => hint(`${index}`, 100 + index, runs)));
    await vi.advanceTimersByTimeAsync(10);
    expect(sent).toEqual([[hint("0", 100, 16), hint("2", 102, 1), hint("3", 103, 16)]]);
  });

  it("answers each caller what became of its hints", async () => {
    const hold = add();
    const near = hold([hint("a", 1), hint("a", 50)]);
    await vi.advanceTimersByTimeAsync(10);
    canSend = false;
    const [both, far] = [hold([hint("b", 2), hint("c", 50)]), hold([hint("d", 51)])];
    await vi.advanceTimersByTimeAsync(10);
    expect(await Promise.all([near, both, far])).toEqual([true, false, false]);
    expect(await hold([])).toBe(true);
  });
});
