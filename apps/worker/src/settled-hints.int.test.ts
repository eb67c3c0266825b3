import type { RunHint, RunHints } from "@llamaagent/core";
import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture, type RunsFixture } from "@llamaagent/testing/runs-fixture";
import { scriptedModel } from "@llamaagent/testing/scripted-model";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createWorkerFixture, type WorkerFixture } from "./test/worker-fixture.ts";

onEachDatabase((database) => {
  describe("a worker that has settled a run", () => {
    let runs: RunsFixture;
    let workers: WorkerFixture;
    let added: RunHint[];
    let hints: RunHints;
    beforeEach(async () => {
      added = [];
      // It hears of none: what is claimed is claimed from the database.
      hints = {
        add: async (given) => added.push(...given) > 0,
        consume: () => ({ close: async () => {} }),
        close: async () => {},
      };
      runs = await createRunsFixture(database());
    });
    afterEach(() => workers.stop());

    it("hints the run of the thread whose turn comes with its end", async () => {
      const threadId = await runs.thread();
      const [first, next] = [await runs.admit({ threadId }), await runs.admit({ threadId })];
      workers = await createWorkerFixture(runs, { model: scriptedModel(["one", "two"]), hints });
      await workers.start({ slots: 1 });
      await workers.reach(first.run_id);
      await workers.reach(next.run_id);
      expect(added).toMatchObject([{ runId: next.run_id, generation: 2 }]);
    });

    it("hints the run that it hands back", async () => {
      const { run_id: runId } = await runs.admit();
      const turn = { toolCalls: [{ name: "none" }], delayMs: 500 };
      const model = scriptedModel([turn]);
      workers = await createWorkerFixture(runs, { model, hints });
      const worker = await workers.start();
      await vi.waitFor(() => expect(model.requests).toHaveLength(1), 10_000);
      await worker.stop();
      expect(await runs.row(runId, "state")).toEqual({ state: "queued" });
      expect(added).toMatchObject([{ runId, generation: 2 }]);
    });
  });
});
