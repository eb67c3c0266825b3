import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture, type RunsFixture } from "@llamaagent/testing/runs-fixture";
import { beforeEach, describe, expect, it } from "vitest";
import type { Fence } from "../claim-run.ts";
import type { Capabilities } from "./capabilities.ts";
import { areOffered, leaveToOthers } from "./leave-to-others.ts";

const needs: Capabilities = { providers: ["test"], tools: ["new", "old"], prompting: ["default"] };
const COLUMNS = `state, owner, strikes, started_at, deadline_at, time_left_seconds, priority,
  hint_due_at IS NULL AS is_unhinted, look_at - created_at = interval '1 day' AS has_a_day`;

onEachDatabase((database) => {
  let runs: RunsFixture;
  beforeEach(async () => {
    runs = await createRunsFixture(database(), { limits: { timeout_seconds: 60 } });
  });

  const workerWith = async (tools: string[]): Promise<string> => {
    const workerId = await runs.worker();
    await database().system((tx) =>
      tx.query(`UPDATE workers SET capabilities = $2 WHERE worker_id = $1`, [
        workerId,
        { providers: ["more", "test"], tools, prompting: ["default"] },
      ]),
    );
    return workerId;
  };
  const leave = (fence: Fence) => leaveToOthers(runs.context, fence, needs);

  describe("a run that is left to others", () => {
    it("is as before its first claim, but for its epoch, and is hinted anew", async () => {
      await workerWith(["old", "more", "new"]);
      const { run_id: runId } = await runs.admit();
      const before = await runs.row(runId, COLUMNS);
      expect(before).toMatchObject({ started_at: null, has_a_day: true });
      const { fence } = await runs.claim(runId);
      runs.hints.length = 0;
      expect(await leave(fence)).toBe(true);
      expect(await runs.row(runId, COLUMNS)).toEqual({ ...before, time_left_seconds: 60 });
      expect(runs.hints).toMatchObject([{ runId, generation: 2 }]);
      expect(await runs.events(runId)).toMatchObject([{ type: "run.queued" }]);
      const again = await runs.claim(runId);
      expect(again.fence.epoch).toBe(2);
      expect(again.secondsLeft).toBeGreaterThan(55);
    });

    it("stays started where it was, and its deadline stands still", async () => {
      await workerWith(["new", "old"]);
      const { run, fence } = await runs.claimed();
      await database().system((tx) =>
        tx.query(
          `UPDATE runs SET created_at = now() - interval '3 day', started_at = now() - interval '2 day',
             deadline_at = now() + interval '20 s' WHERE run_id = $1`,
          [run.run_id],
        ),
      );
      expect(await leave(fence)).toBe(true);
      expect(
        await runs.row(
          run.run_id,
          `started_at < now() AS started, time_left_seconds, look_at > now() AS has_time`,
        ),
      ).toEqual({ started: true, time_left_seconds: 20, has_time: true });
    });

    it("stays where no living worker has all that it needs", async () => {
      await workerWith(["old"]);
      await workerWith(["new"]);
      const buried = await workerWith(["new", "old"]);
      await database().system((tx) =>
        tx.query(`UPDATE workers SET alive_until = now() WHERE worker_id = $1`, [buried]),
      );
      const { run, fence } = await runs.claimed();
      runs.hints.length = 0;
      expect(await leave(fence)).toBe(false);
      expect(await runs.row(run.run_id, "state, owner")).toEqual({
        state: "running",
        owner: fence.owner,
      });
      expect(runs.hints).toEqual([]);
    });

    it("is not its former owner's to leave", async () => {
      await workerWith(["new", "old"]);
      const { fence } = await runs.claimed();
      const other = await runs.worker();
      expect(await leave({ ...fence, owner: other })).toBe(false);
      expect(await leave({ ...fence, epoch: fence.epoch - 1 })).toBe(false);
    });
  });

  it("says of each need whether a living worker offers it", async () => {
    await workerWith(["new", "old"]);
    const without = { ...needs, tools: [] };
    const gone = { ...needs, tools: ["new", "gone"] };
    expect(await areOffered(database(), [gone, needs, without])).toEqual([false, true, true]);
  });
});
