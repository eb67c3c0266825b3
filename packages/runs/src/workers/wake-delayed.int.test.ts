import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture, type RunsFixture } from "@llamaagent/testing/runs-fixture";
import { beforeEach, describe, expect, it } from "vitest";
import { cancelRun } from "../cancel-run.ts";
import { claimFirst } from "../claim-run.ts";
import { sweepRuns } from "./sweep.ts";

onEachDatabase((database) => {
  let runs: RunsFixture;
  beforeEach(async () => {
    runs = await createRunsFixture(database());
  });
  const sweep = () => sweepRuns(runs.context, { mayTakeOver: true });
  const pass = (runId: string) =>
    database().system((tx) =>
      tx.query(
        `UPDATE runs SET look_at = now() - interval '1 ms', available_at = now() - interval '1 ms' WHERE run_id = $1`,
        [runId],
      ),
    );
  const claims = async () =>
    (await claimFirst(database(), await runs.worker(), { age: 9 })).map(({ run }) => run.run_id);

  describe("a run that is to start later", () => {
    it("says when, is not hinted and not claimed before, and is both after", async () => {
      const before = Date.now();
      const run = await runs.admit({ afterSeconds: 3600 });
      expect(run.state).toBe("queued");
      expect(Date.parse(run.available_at ?? "")).toBeGreaterThanOrEqual(before + 3_500_000);
      await sweep();
      expect(await claims()).toEqual([]);
      expect(runs.hints).toEqual([]);

      await pass(run.run_id);
      await sweep();
      expect(runs.hints).toMatchObject([{ runId: run.run_id, generation: 2 }]);
      const bounded = "look_at > now() + interval '23 hours' AS bounded, available_at";
      expect(await runs.row(run.run_id, bounded)).toEqual({ bounded: true, available_at: null });
      expect(await claims()).toEqual([run.run_id]);
    });

    it("is admitted beside others that start at once", async () => {
      const [now, later] = await Promise.all([runs.admit(), runs.admit({ afterSeconds: 60 })]);
      expect(now.available_at).toBeUndefined();
      expect(later.available_at).toBeDefined();
      expect(await claims()).toEqual([now.run_id]);
    });

    it("has its turn on an idle thread, and waits for it on a busy one", async () => {
      const threadId = await runs.thread();
      const later = await runs.admit({ threadId, afterSeconds: 60 });
      const alsoLater = await runs.admit({ threadId, afterSeconds: 60 });
      expect(await runs.row(later.run_id, "blocked")).toEqual({ blocked: true });
      await pass(later.run_id);
      await sweep();
      await pass(alsoLater.run_id);
      await sweep();
      expect(runs.hints).toMatchObject([{ runId: later.run_id }]);
      expect(await runs.row(alsoLater.run_id, "blocked, available_at")).toEqual({
        blocked: true,
        available_at: null,
      });
      await cancelRun(runs.context, runs.principal, later.run_id);
      expect(runs.hints.at(-1)).toMatchObject({ runId: alsoLater.run_id });
    });

    it("lines up behind what is queued when it wakes, in the order of the times", async () => {
      const threadId = await runs.thread();
      const later = [
        await runs.admit({ afterSeconds: 60 }),
        await runs.admit({ afterSeconds: 60 }),
        await runs.admit({ afterSeconds: 60, threadId }),
      ].map(({ run_id: id }) => id);
      const [second = "", first = "", onThread = ""] = later;
      for (let n = 0; n < 3; n += 1) await runs.admit();
      await pass(first);
      await pass(second);
      await pass(onThread);
      await sweep();
      const rank = async (id: string) => (await runs.row(id, "priority"))["priority"];
      expect([await rank(first), await rank(second), await rank(onThread)]).toEqual([4, 5, 6]);
    });

    it("is passed over when a turn is given on before its time", async () => {
      const threadId = await runs.thread();
      const first = await runs.admit({ threadId });
      const later = await runs.admit({ threadId, afterSeconds: 60 });
      await cancelRun(runs.context, runs.principal, first.run_id);
      expect(await runs.row(later.run_id, "blocked")).toEqual({ blocked: true });
      expect(runs.hints).toHaveLength(1);
    });

    it("can be cancelled before its time", async () => {
      const run = await runs.admit({ afterSeconds: 60 });
      await cancelRun(runs.context, runs.principal, run.run_id);
      await pass(run.run_id);
      await sweep();
      expect(await runs.row(run.run_id, "state, stop_reason")).toEqual({
        state: "ended",
        stop_reason: "cancelled",
      });
      expect(runs.hints).toEqual([]);
    });
  });
});
