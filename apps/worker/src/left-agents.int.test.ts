import { defineTool, type Run, systemClock, type Tool } from "@llamaagent/core";
import { admitRun, inProcessAdapters, redisAdapters, type RunAdapters } from "@llamaagent/runs";
import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture, type RunsFixture } from "@llamaagent/testing/runs-fixture";
import { type ScriptEntry, scriptedModel } from "@llamaagent/testing/scripted-model";
import { testRedisUrl } from "@llamaagent/testing/services/test-redis";
import { afterEach, beforeEach, expect, inject, it } from "vitest";
import { z } from "zod";
import { createWorkerFixture, type WorkerFixture } from "./test/worker-fixture.ts";

const RUNS = 20;

onEachDatabase((database) => {
  let runs: RunsFixture;
  let workers: WorkerFixture;
  let adapters: RunAdapters;
  let logs: string[];
  let skippedMs: number;
  let calls: number;
  const named = (name: string): Tool =>
    defineTool({
      name,
      description: name,
      input: z.object({}),
      execute: async () => void (calls += 1),
    });

  beforeEach(async () => {
    calls = skippedMs = 0;
    logs = [];
    runs = await createRunsFixture(database(), { tools: ["old", "new"] });
    const hasRedis = database().driver === "postgres" && inject("redisUrl") !== undefined;
    adapters = hasRedis
      ? redisAdapters({ url: await testRedisUrl(), clock: systemClock, onError: () => {} })
      : inProcessAdapters();
    const entry: ScriptEntry = ({ messages }) =>
      messages.at(-1)?.role === "tool" ? "ok" : { toolCalls: [{ name: "new" }] };
    workers = await createWorkerFixture(runs, {
      model: scriptedModel(Array.from({ length: 4 * RUNS }, () => entry)),
      hints: adapters.hints,
      logs,
      clock: { ...systemClock, monotonicMs: () => systemClock.monotonicMs() + skippedMs },
    });
  });
  afterEach(async () => {
    await workers.stop();
    await adapters.close();
  });

  const startOld = () => workers.start({ tools: [named("old")] });
  const startNew = () => workers.start({ tools: [named("old"), named("new")] });
  const admit = async (): Promise<Run> => {
    const request = { input: "Hello", metadata: {} };
    return (await admitRun(workers.context, runs.principal, request)).run;
  };
  const told = () => logs.filter((line) => line.includes("left to workers that have them"));

  it("runs go to the worker that has their tools, whoever is asked first", async () => {
    await startOld();
    await startOld();
    await startNew();
    const admitted: Run[] = [];
    for (let n = 0; n < RUNS; n += 1) {
      // One after the other, then all that is left at once.
      const run = await admit();
      if (n < RUNS / 2) await workers.reach(run.run_id);
      admitted.push(run);
    }
    for (const { run_id: runId } of admitted) {
      expect(await workers.reach(runId)).toMatchObject({ status: "success", output: "ok" });
      const types = (await runs.events(runId)).map(({ type }) => type);
      expect(types.slice(0, 2)).toEqual(["run.queued", "run.started"]);
      expect(types).not.toContain("run.resumed");
      expect(await runs.row(runId, "strikes")).toEqual({ strikes: 0 });
    }
    expect(calls).toBe(RUNS);
  });

  it("a run that is left waits, and ends once no worker that has its tools came back", async () => {
    const able = await startNew();
    const first = await admit();
    await workers.reach(first.run_id);
    // Busy for good: all its slots are others'.
    const busy = await runs.worker();
    await database().system((tx) =>
      tx.query(
        `UPDATE workers SET capabilities = (SELECT capabilities FROM workers WHERE worker_id <> $1) WHERE worker_id = $1`,
        [busy],
      ),
    );
    await able.stop();
    await startOld();
    const run = await admit();
    await expect.poll(told, { timeout: 10_000 }).toHaveLength(1);
    const left = await runs.row(run.run_id, "state, started_at, epoch");
    // Once more where a claim was under way when it was left.
    expect([1, 2]).toContain(left["epoch"]);
    expect(left).toMatchObject({ state: "queued", started_at: null });
    await runs.bury(busy);
    // Twice as fast as time: by a greater leap the worker's own lease would lapse.
    const hurrying = setInterval(() => (skippedMs += 500), 500);
    await expect
      .poll(() => runs.row(run.run_id, "state, error"), { timeout: 40_000, interval: 200 })
      .toEqual({ state: "ended", error: expect.stringContaining("tool_not_found") });
    clearInterval(hurrying);
  }, 60_000);

  it("ends a run at once where no worker has its tools", async () => {
    await startOld();
    await startOld();
    const admitted = [await admit(), await admit()];
    for (const { run_id: runId } of admitted)
      expect(await workers.reach(runId)).toMatchObject({ error: { code: "tool_not_found" } });
    expect(told()).toEqual([]);
    expect(calls).toBe(0);
  });
});
