import { setTimeout as sleep } from "node:timers/promises";
import { defineTool } from "@llamaagent/core";
import { createLogger } from "@llamaagent/observability";
import { cancelRun } from "@llamaagent/runs";
import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture, type RunsFixture } from "@llamaagent/testing/runs-fixture";
import { scriptedModel } from "@llamaagent/testing/scripted-model";
import { afterEach, expect, it, vi } from "vitest";
import { z } from "zod";
import { createRunControl } from "../run-control.ts";
import { createSlots } from "../slots.ts";
import { createWorkerFixture, type WorkerFixture } from "../test/worker-fixture.ts";
import { aloneQuarantine } from "./alone-quarantine.ts";

onEachDatabase((database) => {
  let runs: RunsFixture;
  let workers: WorkerFixture | undefined;
  /** Which runs were at work when one of them began a call. */
  let begun: string[][];
  afterEach(async () => {
    await workers?.stop();
    workers = undefined;
  });

  async function fixture(calls: number, over = () => sleep(300)): Promise<WorkerFixture> {
    runs = await createRunsFixture(database(), { tools: ["work"] });
    begun = [];
    const active = new Set<string>();
    const work = defineTool({
      name: "work",
      description: "Takes a while",
      input: z.object({}),
      effect: "none",
      async execute(_input, { runId }) {
        active.add(runId);
        begun.push([...active]);
        await over();
        active.delete(runId);
      },
    });
    const model = scriptedModel(
      Array.from(
        { length: calls * 2 },
        () =>
          ({ messages }) =>
            messages.at(-1)?.role === "tool" ? { text: "ok" } : { toolCalls: [{ name: "work" }] },
      ),
    );
    workers = await createWorkerFixture(runs, { model, tools: [work] });
    return workers;
  }
  async function admit(strikes: number): Promise<string> {
    const { run_id: runId } = await runs.admit();
    await database().system((tx) =>
      tx.query(`UPDATE runs SET strikes = $2 WHERE run_id = $1`, [runId, strikes]),
    );
    return runId;
  }

  it("executes runs with two strikes beside no other, the others beside each other", async () => {
    const { start, reach } = await fixture(8);
    const struck = [await admit(2), await admit(3)];
    const others = [];
    for (let n = 0; n < 6; n += 1) others.push(await admit(n % 2));
    await start({ slots: 3 });
    for (const runId of [...struck, ...others])
      expect(await reach(runId)).toMatchObject({ status: "success" });
    for (const runId of struck) {
      expect(begun.filter((active) => active.includes(runId))).toEqual([[runId]]);
      expect(await runs.row(runId, "alone_epoch, epoch")).toEqual({ alone_epoch: 1, epoch: 1 });
    }
    expect(Math.max(...begun.map((active) => active.length))).toBeGreaterThan(1);
    expect(await runs.row(others[0] ?? "", "alone_epoch")).toEqual({ alone_epoch: null });
  });

  it("ends a run with five strikes and executes nothing of it", async () => {
    const { start, reach } = await fixture(1);
    const runId = await admit(5);
    await start();
    expect(await reach(runId)).toMatchObject({
      status: "error",
      stop_reason: "poisoned",
      error: { code: "poisoned" },
    });
    expect(begun).toEqual([]);
    expect((await runs.events(runId)).map(({ id, type }) => `${id} ${type}`)).toEqual([
      "0-1 run.queued",
      "2-1 run.failed",
    ]);
  });

  it("lets a run be cancelled that waits for the others' end", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { start, reach, context } = await fixture(2, () => promise);
    const other = await admit(0);
    await start({ slots: 2 });
    await vi.waitFor(() => expect(begun).toEqual([[other]]), 10_000);
    const waiting = await admit(2);
    await reach(waiting, "running", 5_000);
    await cancelRun(context, runs.principal, waiting);
    expect(await reach(waiting)).toMatchObject({ stop_reason: "cancelled" });
    resolve();
    expect(await reach(other)).toMatchObject({ status: "success" });
    expect(begun).toEqual([[other]]);
  });

  it("hands a run back that waits where the worker is stopped", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { start, reach } = await fixture(2, () => promise);
    const other = await admit(0);
    const worker = await start({ slots: 2 });
    await vi.waitFor(() => expect(begun).toEqual([[other]]), 10_000);
    const waiting = await admit(2);
    await reach(waiting, "running", 5_000);
    const stopped = worker.stop();
    resolve();
    await stopped;
    expect(await runs.row(waiting, "state, strikes")).toEqual({ state: "queued", strikes: 2 });
    expect(begun).toEqual([[other]]);
  });

  it("begins a run with what its waiting has left of its time", async () => {
    runs = await createRunsFixture(database());
    let nowMs = 0;
    const begunWith: number[] = [];
    const quarantine = aloneQuarantine({
      context: runs.context,
      executeHere: async ({ secondsLeft }) => void begunWith.push(secondsLeft),
      slotCount: 2,
      clock: { now: () => new Date(), monotonicMs: () => nowMs },
      logger: createLogger({ level: "silent" }),
    });
    const control = createRunControl({
      lease: { waitUntilValid: async () => {} },
      cancelWatch: { look: async () => {} },
    });
    const claimed = { ...(await runs.claimed()), secondsLeft: 600 };
    // Its own comes back at once; it waits for the other.
    const slots = createSlots(0);
    const executed = quarantine.execute(claimed, control, slots);
    nowMs += 10_000;
    slots.release();
    await executed;
    expect(begunWith).toEqual([590]);
    expect(slots.free).toBe(2);
  });
});
