import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture, type RunsFixture } from "@llamaagent/testing/runs-fixture";
import { beforeEach, expect, it, vi } from "vitest";
import { lockThread } from "./threads/lock-thread.ts";
import { resumeRun, type StepSettlement } from "./resume-run.ts";
import { loadProgress } from "./journal/stored-progress.ts";
import { suspendRun } from "./journal/suspend-run.ts";
import { findThread } from "./threads/find-thread.ts";
import type { RunBatch } from "./journal/write-run.ts";

const callIndexes = [0, 1] as const;
const stepKey = (n: number) => `model/0/tools/${n}`;

onEachDatabase((database) => {
  let runs: RunsFixture;
  beforeEach(async () => {
    runs = await createRunsFixture(database());
  });

  /** A run that waits for two calls whose outcome is unknown. */
  async function waiting(request: { threadId?: string } = {}) {
    const { fence, run } = await runs.claimed(request);
    const batch: RunBatch = {
      events: callIndexes.map((n) => ({
        id: `1-${n + 1}`,
        type: "tool_call.started",
        data: JSON.stringify({ tool_call_id: `c${n}`, name: "send", arguments: {} }),
        stepKey: stepKey(n),
      })),
      steps: callIndexes.map((n) => ({
        key: stepKey(n),
        kind: "tool",
        name: "send",
        effect: "unsafe",
        state: "intent",
        inputHash: "h",
        startedAt: new Date(0),
      })),
    };
    await database().system((tx) =>
      suspendRun(tx, fence, run, batch, {
        reason: "effect_unknown",
        stepKeys: callIndexes.map(stepKey),
      }),
    );
    return run.run_id;
  }
  const resume = (runId: string, settlement: StepSettlement) =>
    resumeRun(runs.context, runs.principal, runId, settlement);

  /** Connections to this database that wait for a lock. */
  const waitingForLocks = () =>
    database().system((tx) =>
      tx.query(
        `SELECT DISTINCT pid FROM pg_locks WHERE NOT granted AND pid IN (SELECT l.pid FROM pg_locks l
           JOIN pg_database d ON d.oid = l.database WHERE d.datname = current_database())`,
      ),
    );

  it("waits without a worker, and without its deadline running", async () => {
    const runId = await waiting();
    const columns = `state, stop_reason, owner, deadline_at, time_left_seconds > 590 AS kept,
      look_at > now() + interval '6 days' AS bounded`;
    expect(await runs.row(runId, columns)).toEqual({
      state: "waiting",
      stop_reason: "effect_unknown",
      owner: null,
      deadline_at: null,
      kept: true,
      bounded: true,
    });
  });

  it("done: stores the result and the call's last event; the last settlement wakes the run", async () => {
    const runId = await waiting();
    const first = await resume(runId, { step_key: stepKey(1), outcome: "done", output: { ok: 1 } });
    expect(first).toMatchObject({ state: "waiting", status: "interrupted" });
    expect(runs.hints).toHaveLength(1);
    const second = await resume(runId, { step_key: stepKey(0), outcome: "done" });
    expect(second).toMatchObject({ state: "queued", status: "pending" });
    expect(second.stop_reason).toBeUndefined();
    expect(runs.hints.at(-1)).toMatchObject({ runId, generation: 2 });

    const events = await runs.events(runId);
    expect(events.slice(3)).toMatchObject([
      {
        id: "2-1",
        type: "tool_call.completed",
        data: { tool_call_id: "c1", output: { ok: 1 }, after: "1-2", restarted: [] },
      },
      { id: "3-1", data: { tool_call_id: "c0", name: "send", output: null, after: "2-1" } },
    ]);
    expect(runs.published.map(({ id }) => id)).toEqual(["2-1", "3-1"]);

    const claimed = await runs.claim(runId);
    expect(claimed.fence.epoch).toBe(4);
    expect(claimed.secondsLeft).toBeGreaterThan(590);
    const progress = await loadProgress(database(), claimed.fence);
    expect(progress).toMatchObject({ lastEventId: "3-1", open: [] });
    expect(progress.steps.get(stepKey(1))).toMatchObject({
      state: "done",
      result: { status: "completed", output: { ok: 1 } },
    });
  });

  it("done with more than 256 KiB: the result goes to a blob", async () => {
    const runId = await waiting();
    const output = "z".repeat(300_000);
    await resume(runId, { step_key: stepKey(0), outcome: "done", output });
    const [row] = await database().system((tx) =>
      tx.query(`SELECT result IS NULL AS away FROM run_steps WHERE run_id = $1 AND step_key = $2`, [
        runId,
        stepKey(0),
      ]),
    );
    expect(row).toEqual({ away: true });
  });

  it("not_done: the call is open again", async () => {
    const runId = await waiting();
    await resume(runId, { step_key: stepKey(0), outcome: "not_done" });
    await resume(runId, { step_key: stepKey(1), outcome: "done", output: 1 });
    const { fence } = await runs.claim(runId);
    const progress = await loadProgress(database(), fence);
    expect(progress.open).toEqual(["c0"]);
    expect([...progress.steps.keys()]).toEqual([stepKey(1)]);
  });

  it("abort: the run ends", async () => {
    const runId = await waiting();
    const run = await resume(runId, { step_key: stepKey(0), outcome: "abort" });
    expect(run).toMatchObject({
      state: "ended",
      status: "error",
      stop_reason: "error",
      error: { code: "run_aborted" },
    });
    expect(runs.published).toMatchObject([{ id: "2-1", type: "run.failed" }]);
  });

  it("refuses what the run does not wait for", async () => {
    const runId = await waiting();
    const conflict = { code: "conflict" };
    await resume(runId, { step_key: stepKey(0), outcome: "done" });
    await expect(resume(runId, { step_key: stepKey(0), outcome: "done" })).rejects.toMatchObject(
      conflict,
    );
    await expect(resume(runId, { step_key: "nothing", outcome: "done" })).rejects.toMatchObject(
      conflict,
    );
    const running = await runs.claimed();
    await expect(
      resume(running.run.run_id, { step_key: stepKey(0), outcome: "abort" }),
    ).rejects.toMatchObject(conflict);
    await expect(
      resume("00000000-0000-7000-8000-0000000000ff", { step_key: "x", outcome: "abort" }),
    ).rejects.toMatchObject({ code: "not_found" });
  });

  it("settles a step once when two persons do it at the same time", async () => {
    const both = (runId: string) =>
      Promise.allSettled([
        resume(runId, { step_key: stepKey(0), outcome: "done", output: "a" }),
        resume(runId, { step_key: stepKey(0), outcome: "not_done" }),
      ]);
    const settled = (outcomes: PromiseSettledResult<unknown>[]) =>
      outcomes.filter(({ status }) => status === "fulfilled");
    const runId = await waiting();
    // PGlite has one connection: nobody waits for a lock.
    if (database().driver !== "postgres") return expect(settled(await both(runId))).toHaveLength(1);
    const [locked, mayGoOn] = [
      Promise.withResolvers<void>(),
      Promise.withResolvers<void>(),
    ] as const;
    const holding = database().system(async (tx) => {
      await tx.query(`SELECT FROM runs WHERE run_id = $1 FOR UPDATE`, [runId]);
      locked.resolve();
      await mayGoOn.promise;
    });
    await locked.promise;
    const outcomes = both(runId);
    // Both have looked at the run, and stand before it together.
    await vi.waitFor(async () => expect(await waitingForLocks()).toHaveLength(2), 10_000);
    mayGoOn.resolve();
    await holding;
    expect(settled(await outcomes)).toHaveLength(1);
  });

  it("keeps the thread's turn while it waits", async () => {
    const threadId = await runs.thread();
    const runId = await waiting({ threadId });
    const next = await runs.admit({ threadId });
    const status = async () =>
      (await database().tenant(runs.principal.tenantId, (tx) => findThread(tx, threadId))).status;
    expect(await status()).toBe("interrupted");
    expect(await runs.row(next.run_id, "blocked")).toEqual({ blocked: true });
    await resume(runId, { step_key: stepKey(0), outcome: "not_done" });
    await resume(runId, { step_key: stepKey(1), outcome: "not_done" });
    expect(await status()).toBe("busy");
    expect(await runs.row(next.run_id, "blocked")).toEqual({ blocked: true });
  });

  it("locks the thread before the run, as whoever ends the run does", async () => {
    // PGlite has one connection: nobody waits for a lock.
    if (database().driver !== "postgres") return;
    const threadId = await runs.thread();
    const runId = await waiting({ threadId });
    const [locked, mayLockRun] = [
      Promise.withResolvers<void>(),
      Promise.withResolvers<void>(),
    ] as const;
    const ending = database().system(async (tx) => {
      await lockThread(tx, runs.principal.tenantId, threadId);
      locked.resolve();
      await mayLockRun.promise;
      await tx.query(`SELECT FROM runs WHERE run_id = $1 FOR UPDATE NOWAIT`, [runId]);
    });
    await locked.promise;
    const resumed = resume(runId, { step_key: stepKey(0), outcome: "not_done" });
    await vi.waitFor(async () => expect(await waitingForLocks()).toHaveLength(1), 10_000);
    mayLockRun.resolve();
    await ending;
    await resumed;
  });
});
