import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture, type RunsFixture } from "@llamaagent/testing/runs-fixture";
import { beforeEach, describe, expect, it } from "vitest";
import { cancelRun, rollBackRun } from "./cancel-run.ts";
import { deleteRun } from "./delete-run.ts";
import { type RecordedStep, RunLost, writeRun } from "./journal/write-run.ts";
import { findThread } from "./threads/find-thread.ts";

onEachDatabase((database) => {
  let runs: RunsFixture;
  beforeEach(async () => {
    runs = await createRunsFixture(database());
  });
  const remove = (runId: string) => deleteRun(runs.context, runs.principal, runId);
  const rollBack = (runId: string) => rollBackRun(runs.context, runs.principal, runId);
  const notFound = { code: "not_found" };
  const everything = () =>
    database().system((tx) =>
      tx.query(
        `SELECT run_id FROM runs UNION ALL SELECT run_id FROM run_events UNION ALL SELECT run_id FROM run_steps`,
      ),
    );
  const threadOf = (threadId: string) =>
    database().tenant(runs.principal.tenantId, (tx) => findThread(tx, threadId));
  /** A claimed run with a step and a result that is a blob. */
  async function withSteps(threadId?: string) {
    const claimed = await runs.claimed(threadId === undefined ? {} : { threadId });
    const step: RecordedStep = {
      key: "model/0/tools/0",
      kind: "tool",
      name: "t",
      effect: "unsafe",
      state: "done",
      inputHash: "h",
      startedAt: new Date(),
      result: JSON.stringify("x".repeat(300_000)),
    };
    await database().system((tx) => writeRun(tx, claimed.fence, { events: [], steps: [step] }));
    return claimed;
  }

  describe("deleteRun", () => {
    it("removes an ended run, its steps and its events, and leaves the thread what it said", async () => {
      const threadId = await runs.thread();
      const { run_id: runId } = await runs.admit({ threadId });
      await cancelRun(runs.context, runs.principal, runId);
      const { messages } = await threadOf(threadId);
      await remove(runId);
      expect(await everything()).toEqual([]);
      expect(messages).toHaveLength(2);
      expect((await threadOf(threadId)).messages).toEqual(messages);
      await expect(remove(runId)).rejects.toMatchObject(notFound);
    });

    it("ends one that is at work first: its owner can write nothing more", async () => {
      const threadId = await runs.thread();
      const { fence } = await withSteps(threadId);
      const next = await runs.admit({ threadId });
      const heard: string[] = [];
      runs.context.cancelSignals.subscribe((runId) => heard.push(runId));
      await database().system((tx) => tx.query(`UPDATE blobs SET touched_at = 'epoch'`));
      await remove(fence.runId);
      const late = database().system((tx) => writeRun(tx, fence, { events: [], steps: [] }));
      await expect(late).rejects.toThrow(RunLost);
      expect(await runs.row(fence.runId)).toEqual({});
      expect(heard).toEqual([fence.runId]);
      expect(runs.published.at(-1)).toMatchObject({ runId: fence.runId, type: "run.cancelled" });
      // Its turn goes on, and a reader of the result has a day.
      expect(await runs.row(next.run_id, "blocked")).toEqual({ blocked: false });
      expect(runs.hints.at(-1)).toMatchObject({ runId: next.run_id });
      expect((await threadOf(threadId)).messages).toEqual([]);
      const [blob] = await database().system((tx) =>
        tx.query(`SELECT touched_at > now() - interval '1 minute' AS "isTouched" FROM blobs`),
      );
      expect(blob).toEqual({ isTouched: true });
    });

    it("does not find another tenant's run", async () => {
      const { run_id: runId } = await runs.admit();
      const stranger = { ...runs.principal, tenantId: "00000000-0000-7000-8000-00000000abcd" };
      await expect(deleteRun(runs.context, stranger, runId)).rejects.toMatchObject(notFound);
      expect(await runs.row(runId, "state")).toEqual({ state: "queued" });
    });
  });

  describe("rollBackRun", () => {
    it("removes a run at work; the thread is as before it", async () => {
      const threadId = await runs.thread();
      const { fence } = await withSteps(threadId);
      await rollBack(fence.runId);
      expect(await everything()).toEqual([]);
      expect(await threadOf(threadId)).toMatchObject({ status: "idle", messages: [] });
    });

    it("leaves an ended run as it is", async () => {
      const { run_id: runId } = await runs.admit();
      await cancelRun(runs.context, runs.principal, runId);
      const before = await runs.row(runId);
      await rollBack(runId);
      expect(await runs.row(runId)).toEqual(before);
      await expect(rollBack("00000000-0000-7000-8000-0000000000ff")).rejects.toMatchObject(
        notFound,
      );
    });
  });
});
