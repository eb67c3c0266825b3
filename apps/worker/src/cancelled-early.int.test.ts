import { AppError } from "@llamaagent/core";
import type { Database } from "@llamaagent/db";
import { cancelRun, sweepRuns } from "@llamaagent/runs";
import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture, type RunsFixture } from "@llamaagent/testing/runs-fixture";
import { scriptedModel } from "@llamaagent/testing/scripted-model";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createWorkerFixture, type WorkerFixture } from "./test/worker-fixture.ts";

onEachDatabase((database) => {
  describe("a run that is cancelled before anything of it was executed", () => {
    let runs: RunsFixture;
    let workers: WorkerFixture | undefined;
    afterEach(() => workers?.stop());

    /** Its owner has died, and its cancellation is stored. */
    async function cancelled(): Promise<string> {
      const { fence } = await runs.claimed();
      await cancelRun(runs.context, runs.principal, fence.runId);
      await runs.bury(fence.owner);
      await sweepRuns(runs.context, { mayTakeOver: true });
      return fence.runId;
    }

    it("ends as cancelled, also where the worker lacks a part of its agent", async () => {
      runs = await createRunsFixture(database(), { tools: ["missing"] });
      const runId = await cancelled();
      workers = await createWorkerFixture(runs, { model: scriptedModel([]) });
      await workers.start();
      expect(await workers.reach(runId)).toMatchObject({ stop_reason: "cancelled" });
    });

    it("ends as cancelled, also where its last owner's death was its last strike", async () => {
      runs = await createRunsFixture(database());
      const runId = await cancelled();
      await database().system((tx) =>
        tx.query(`UPDATE runs SET strikes = 5 WHERE run_id = $1`, [runId]),
      );
      workers = await createWorkerFixture(runs, { model: scriptedModel([]) });
      await workers.start();
      expect(await workers.reach(runId)).toMatchObject({ stop_reason: "cancelled" });
    });

    it("ends as cancelled, also where what it needs cannot be read", async () => {
      let refused = 0;
      const db: Database = {
        ...database(),
        tenant() {
          refused += 1;
          return Promise.reject(new AppError("service_unavailable"));
        },
      };
      runs = await createRunsFixture(database());
      const fixture = { ...runs, context: { ...runs.context, db } };
      workers = await createWorkerFixture(fixture, { model: scriptedModel([]) });
      await workers.start();
      const { run_id: runId } = await runs.admit({ threadId: await runs.thread() });
      await vi.waitFor(() => expect(refused).toBeGreaterThan(0), 10_000);
      await cancelRun(runs.context, runs.principal, runId);
      await vi.waitFor(
        async () =>
          expect(await runs.row(runId, "state, stop_reason")).toEqual({
            state: "ended",
            stop_reason: "cancelled",
          }),
        10_000,
      );
    });
  });
});
