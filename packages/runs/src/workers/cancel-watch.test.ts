import type { Clock } from "@llamaagent/core";
import type { Database, SystemTx } from "@llamaagent/db";
import { describe, expect, it, vi } from "vitest";
import { createCancelWatch } from "./cancel-watch.ts";

function watched() {
  let now = 0;
  const executing: { runId: string; epoch: number }[] = [];
  const lost: string[] = [];
  const cancelled: string[] = [];
  const answers: ((rows?: object[]) => void)[] = [];
  const tx = {
    query: () => new Promise<object[]>((resolve) => answers.push((rows = []) => resolve(rows))),
  } as unknown as SystemTx; // all that is used of it
  const db = { system: (work: (tx: SystemTx) => unknown) => work(tx) } as unknown as Database;
  const clock: Clock = { now: () => new Date(0), monotonicMs: () => now };
  const watch = createCancelWatch({
    db,
    clock,
    workerId: "w",
    executing: () => executing,
    onCancelled: (runId) => void cancelled.push(runId),
    onLost: ({ runId }) => void lost.push(runId),
  });
  return { watch, answers, executing, lost, cancelled, pass: (ms: number) => (now += ms) };
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

  it("tells of runs that are another's now, and of none that was claimed while it looked", async () => {
    const { watch, answers, executing, lost, cancelled } = watched();
    for (const runId of ["own", "gone", "later epoch", "cancelled"])
      executing.push({ runId, epoch: 1 });
    const looked = watch.look(0);
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    executing.push({ runId: "claimed meanwhile", epoch: 1 });
    answers[0]?.([
      { run_id: "own", epoch: 1, is_cancelled: false },
      { run_id: "later epoch", epoch: 2, is_cancelled: false },
      { run_id: "cancelled", epoch: 1, is_cancelled: true },
    ]);
    await looked;
    expect(lost).toEqual(["gone", "later epoch"]);
    expect(cancelled).toEqual(["cancelled"]);
  });
});
