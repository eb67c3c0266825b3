import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "@llamaagent/core";
import type { Database } from "@llamaagent/db";
import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture, type RunsFixture } from "@llamaagent/testing/runs-fixture";
import { type ScriptedModel, scriptedModel } from "@llamaagent/testing/scripted-model";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { RunWorker } from "./run-worker.ts";
import { createWorkerFixture, type WorkerFixture } from "./test/worker-fixture.ts";

onEachDatabase((database) => {
  describe("a claim that is stored and answered late", () => {
    let runs: RunsFixture;
    let workers: WorkerFixture;
    let worker: RunWorker;
    let model: ScriptedModel;
    let runId: string;
    let logs: string[];
    let ahead: number;
    let answer: PromiseWithResolvers<void>;
    beforeEach(async () => {
      [logs, ahead, answer] = [[], 0, Promise.withResolvers<void>()];
      const db: Database = {
        ...database(),
        async system(work) {
          const rows = await database().system(work);
          if (isClaim(rows)) await answer.promise;
          return rows;
        },
      };
      const clock: Clock = { now: () => new Date(), monotonicMs: () => performance.now() + ahead };
      runs = await createRunsFixture(database());
      model = scriptedModel(["never"]);
      const fixture = { ...runs, context: { ...runs.context, db } };
      workers = await createWorkerFixture(fixture, { model, clock, logs });
      worker = await workers.start();
      ({ run_id: runId } = await runs.admit());
      await vi.waitFor(
        async () => expect(await runs.row(runId, "state")).toEqual({ state: "running" }),
        10_000,
      );
    });
    afterEach(async () => {
      answer.resolve();
      await workers.stop();
    });

    it("is handed back by a worker that was stopped meanwhile", async () => {
      const stopped = worker.stop();
      answer.resolve();
      await stopped;
      expect(await runs.row(runId, "state, generation")).toEqual({
        state: "queued",
        generation: 2,
      });
      expect(model.requests).toEqual([]);
    });

    it("is not begun where the lease lapsed meanwhile and somebody else has the run", async () => {
      const [owner, other] = [(await runs.row(runId, "owner"))["owner"], await runs.worker()];
      const aliveUntil = () =>
        database().system((tx) =>
          tx.query(`SELECT alive_until FROM workers WHERE worker_id = $1`, [owner]),
        );
      await database().system((tx) =>
        tx.query(`UPDATE runs SET epoch = 2, owner = $2 WHERE run_id = $1`, [runId, other]),
      );
      ahead = 10_000;
      const before = await aliveUntil();
      await vi.waitFor(async () => expect(await aliveUntil()).not.toEqual(before), 10_000);
      // For a look at what it owns that does not wait for the claim.
      await sleep(200);
      answer.resolve();
      await vi.waitFor(
        () => expect(logs.join("")).toContain("the run has another owner now"),
        10_000,
      );
      expect(model.requests).toEqual([]);
    });
  });
});

/** What `claimFirst` is answered that found something. */
function isClaim(rows: unknown): boolean {
  return Array.isArray(rows) && rows.some((row) => Object.hasOwn(Object(row), "seconds_left"));
}
