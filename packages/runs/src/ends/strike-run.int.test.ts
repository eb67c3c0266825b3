import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture, type RunsFixture } from "@llamaagent/testing/runs-fixture";
import { beforeEach, describe, expect, it } from "vitest";
import { cancelRun } from "../cancel-run.ts";
import { sweepRuns } from "../workers/sweep.ts";
import { endPoisonedRun, markAlone, strikeRun } from "./strike-run.ts";

onEachDatabase((database) => {
  let runs: RunsFixture;
  beforeEach(async () => {
    runs = await createRunsFixture(database());
  });
  const row = (runId: string) =>
    runs.row(runId, "state, stop_reason, strikes, owner, epoch, generation");

  describe("strikeRun", () => {
    it("queues the run again with one strike more, and hints it", async () => {
      const { fence } = await runs.claimed();
      expect(await strikeRun(runs.context, fence, 2)).toBe("queued");
      expect(await row(fence.runId)).toEqual({
        state: "queued",
        stop_reason: null,
        strikes: 3,
        owner: null,
        epoch: 1,
        generation: 2,
      });
      expect(runs.hints.at(-1)).toMatchObject({ runId: fence.runId, generation: 2 });
    });

    it("ends it with the fifth, as poisoned, and gives the thread's turn on", async () => {
      const threadId = await runs.thread();
      const { fence } = await runs.claimed({ threadId });
      const next = await runs.admit({ threadId });
      expect(await strikeRun(runs.context, fence, 4)).toBe("poisoned");
      expect(await row(fence.runId)).toMatchObject({
        state: "ended",
        stop_reason: "poisoned",
        strikes: 5,
        epoch: 2,
      });
      expect((await runs.events(fence.runId)).at(-1)).toMatchObject({
        id: "2-1",
        type: "run.failed",
        data: {
          stop_reason: "poisoned",
          error: {
            code: "poisoned",
            status: 500,
            detail: "The run ended 5 processes that executed it: it is not tried again",
          },
        },
      });
      expect(runs.published.at(-1)).toMatchObject({ id: "2-1", type: "run.failed" });
      expect(runs.hints.at(-1)).toMatchObject({ runId: next.run_id });
    });

    it.each([2, 4])("changes nothing of a run that is another's (%d strikes)", async (strikes) => {
      const { fence } = await runs.claimed();
      const hinted = runs.hints.length;
      const late = { ...fence, epoch: fence.epoch - 1 };
      expect(await strikeRun(runs.context, late, strikes)).toBe("lost");
      expect(await row(fence.runId)).toMatchObject({ state: "running", strikes: 0 });
      expect(runs.hints).toHaveLength(hinted);
    });

    it("leaves a cancellation to the next owner", async () => {
      const { fence } = await runs.claimed();
      await cancelRun(runs.context, runs.principal, fence.runId);
      await strikeRun(runs.context, fence, 2);
      expect(await runs.row(fence.runId, "state, cancel_requested_at IS NULL AS lost")).toEqual({
        state: "queued",
        lost: false,
      });
    });
  });

  it("endPoisonedRun ends only what is the owner's", async () => {
    const { fence } = await runs.claimed();
    expect(await endPoisonedRun(runs.context, { ...fence, epoch: 0 })).toBe("lost");
    expect(await endPoisonedRun(runs.context, fence)).toBe("poisoned");
    expect(await endPoisonedRun(runs.context, fence)).toBe("lost");
  });

  it("markAlone marks only what is the owner's", async () => {
    const { fence } = await runs.claimed();
    expect(await markAlone(runs.context, { ...fence, epoch: 0 })).toBe(false);
    expect(await runs.row(fence.runId, "alone_epoch")).toEqual({ alone_epoch: null });
    expect(await markAlone(runs.context, fence)).toBe(true);
    expect(await runs.row(fence.runId, "alone_epoch")).toEqual({ alone_epoch: 1 });
  });

  it.each([1, 4])("gives no strike (%d before) where a sweeper was first", async (strikes) => {
    const { fence } = await runs.claimed();
    await runs.bury(fence.owner);
    await sweepRuns(runs.context, { mayTakeOver: true });
    const before = await runs.row(fence.runId);
    expect(before).toMatchObject({ state: "queued", epoch: fence.epoch });
    expect(await strikeRun(runs.context, fence, strikes)).toBe("lost");
    expect(await markAlone(runs.context, fence)).toBe(false);
    expect(await runs.row(fence.runId)).toEqual(before);
  });
});
