import type { Clock } from "@llamaagent/core";
import type { Database, SystemTx } from "@llamaagent/db";
import { describe, expect, it, vi } from "vitest";
import { createCancelWatch } from "./cancel-watch.ts";

function watched() {
  let now = 0;
  const answers: (() => void)[] = [];
  const tx = {
    query: () => new Promise<object[]>((resolve) => answers.push(() => resolve([]))),
  } as unknown as SystemTx; // all that is used of it
  const db = { system: (work: (tx: SystemTx) => unknown) => work(tx) } as unknown as Database;
  const clock: Clock = { now: () => new Date(0), monotonicMs: () => now };
  const watch = createCancelWatch({
    db,
    clock,
    workerId: "w",
    executing: () => [],
    onCancelled: () => {},
    onLost: () => {},
  });
  return { watch, answers, pass: (ms: number) => (now += ms) };
}

describe("the watch for cancellations", () => {
  it("shares a look, and a fresh one is enough", async () => {
    const { watch, answers, pass } = watched();
    const both = [watch.look(500), watch.look(500)];
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    answers[0]?.();
    await Promise.all(both);
    pass(400);
    await watch.look(500);
    expect(answers).toHaveLength(1);
  });

  it("looks again where the look that was under way began too long ago", async () => {
    const { watch, answers, pass } = watched();
    void watch.look(500);
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    pass(600);
    const second = watch.look(500);
    answers[0]?.();
    await vi.waitFor(() => expect(answers).toHaveLength(2));
    answers[1]?.();
    await second;
  });
});
