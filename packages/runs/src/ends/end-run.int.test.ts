import type { Message } from "@llamaagent/core";
import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture, type RunsFixture } from "@llamaagent/testing/runs-fixture";
import { beforeEach, describe, expect, it } from "vitest";
import { cancelRun } from "../cancel-run.ts";
import type { ClaimedRun } from "../claim-run.ts";
import { endBrokenRun } from "./end-broken-run.ts";
import { endOwnRun } from "./end-run.ts";
import { getRun } from "../get-run.ts";
import { terminalEvent, type RunEnd } from "./run-end.ts";
import { sweepRuns } from "../workers/sweep.ts";
import { findThread } from "../threads/find-thread.ts";
import { createRunWriter } from "../journal/run-writer.ts";
import { RunLost } from "../journal/write-run.ts";

const answer: Message = { id: "m1", role: "assistant", content: "Hello yourself" };
const completed: RunEnd = {
  reason: "completed",
  output: "Hello yourself",
  messages: [answer],
  usage: { input_tokens: 7, output_tokens: 3 },
};

onEachDatabase((database) => {
  let runs: RunsFixture;
  beforeEach(async () => {
    runs = await createRunsFixture(database());
  });
  const end = ({ fence, run }: ClaimedRun, how: RunEnd = completed) => {
    const { type, data } = terminalEvent(how);
    const events = [{ id: `${fence.epoch}-1`, type, data: JSON.stringify(data) }];
    const db = database();
    const by = { db, writer: createRunWriter(db) };
    return endOwnRun(by, fence, run, { events, steps: [] }, how);
  };
  const threadOf = (threadId: string) =>
    database().tenant(runs.principal.tenantId, (tx) => findThread(tx, threadId));

  describe("endOwnRun", () => {
    it("stores the output, the usage and the last event, and frees the row", async () => {
      const claimed = await runs.claimed();
      expect(await end(claimed)).toEqual([]);
      const { run, messages } = await runs.context.readRun(
        runs.principal.tenantId,
        claimed.run.run_id,
      );
      expect(run).toMatchObject({
        state: "ended",
        status: "success",
        stop_reason: "completed",
        output: "Hello yourself",
        usage: { input_tokens: 7, output_tokens: 3 },
        ended_at: expect.any(String),
      });
      expect(await runs.row(run.run_id, "owner, look_at, hint_due_at")).toEqual({
        owner: null,
        look_at: null,
        hint_due_at: null,
      });
      expect(messages).toEqual([{ role: "user", content: "Hello" }, answer]);
    });

    it("stores whatever figure a provider gives of its tokens, and ends such a run otherwise too", async () => {
      const usage = { input_tokens: 3_000_000_000, output_tokens: Number.MAX_SAFE_INTEGER };
      const claimed = await runs.claimed();
      await end(claimed, { ...completed, usage });
      expect((await getRun(runs.context, runs.principal, claimed.run.run_id)).usage).toEqual(usage);
    });

    it("is refused where the run has another owner or an end", async () => {
      const claimed = await runs.claimed();
      await end(claimed);
      await expect(end(claimed)).rejects.toThrow(RunLost);
    });
  });

  it("has exactly one end under finish, cancel and sweep at once, 200 times", async () => {
    for (let round = 0; round < 200; round++) {
      const claimed = await runs.claimed();
      const { run_id: runId } = claimed.run;
      // Overdue, and its owner is dead: the sweeper both requeues it and ends it.
      await database().system((tx) =>
        tx.query(`UPDATE runs SET look_at = now() - interval '1 s' WHERE run_id = $1`, [runId]),
      );
      if (round % 2 === 0) await runs.bury(claimed.fence.owner);
      await Promise.allSettled([
        end(claimed),
        cancelRun(runs.context, runs.principal, runId),
        sweepRuns(runs.context, { mayTakeOver: true }),
        cancelRun(runs.context, runs.principal, runId),
        sweepRuns(runs.context, { mayTakeOver: true }),
      ]);
      const ends = (await runs.events(runId)).filter(({ type }) =>
        ["run.completed", "run.failed", "run.cancelled"].includes(type),
      );
      expect(ends).toHaveLength(1);
      const row = await runs.row(runId, "state, stop_reason, ended_at IS NOT NULL AS ended");
      expect(row).toEqual({
        state: "ended",
        stop_reason: ends[0]?.data["stop_reason"],
        ended: true,
      });
    }
  });

  describe("the turn on a thread", () => {
    it("goes to the oldest run that waits for it, with a new hint", async () => {
      const threadId = await runs.thread();
      const first = await runs.claimed({ threadId, input: "one" });
      const second = await runs.admit({ threadId, input: "two" });
      const third = await runs.admit({ threadId, input: "three" });
      expect((await threadOf(threadId)).status).toBe("busy");

      const { tenantId } = runs.principal;
      expect(await end(first)).toEqual([
        { tenantId, runId: second.run_id, generation: 2, priority: 1, runs: 1 },
      ]);
      expect(await runs.row(second.run_id, "blocked, hint_due_at IS NULL AS unhinted")).toEqual({
        blocked: false,
        unhinted: false,
      });
      expect(await runs.row(third.run_id, "blocked")).toEqual({ blocked: true });

      const claimed = await runs.claim(second.run_id);
      expect(claimed.history).toMatchObject([
        { role: "user", content: "one" },
        { id: "m1", role: "assistant", content: "Hello yourself" },
      ]);
      expect(await end(claimed)).toMatchObject([{ runId: third.run_id }]);
      expect(await end(await runs.claim(third.run_id))).toEqual([]);
      expect(await threadOf(threadId)).toMatchObject({
        status: "idle",
        messages: [
          { role: "user", content: "one" },
          { role: "assistant" },
          { role: "user", content: "two" },
          { role: "assistant" },
          { role: "user", content: "three" },
          { role: "assistant" },
        ],
      });
    });

    it("stays where it is when a run ends that had no turn", async () => {
      const threadId = await runs.thread();
      const first = await runs.admit({ threadId });
      const second = await runs.admit({ threadId });
      await cancelRun(runs.context, runs.principal, second.run_id);
      expect(await runs.row(first.run_id, "blocked, generation")).toEqual({
        blocked: false,
        generation: 1,
      });
      expect((await threadOf(threadId)).status).toBe("busy");
      expect(await end(await runs.claim(first.run_id))).toEqual([]);
      expect((await threadOf(threadId)).status).toBe("idle");
    });

    it("is given on once by ten runs that end in a row while others come", async () => {
      const threadId = await runs.thread();
      const admitted = [await runs.admit({ threadId })];
      for (let turn = 0; turn < 10; turn++) {
        const claimed = await runs.claim(admitted[turn]?.run_id ?? "");
        const [run] = await Promise.all([runs.admit({ threadId }), end(claimed)]);
        admitted.push(run);
      }
      const [counts] = await database().system((tx) =>
        tx.query(
          `SELECT count(*) FILTER (WHERE state = 'ended') AS ended, count(*) FILTER (WHERE state = 'queued' AND NOT blocked) AS ready,
             count(*) FILTER (WHERE blocked) AS blocked FROM runs`,
        ),
      );
      expect(counts).toEqual({ ended: 10, ready: 1, blocked: 0 });
    });
  });

  it("leaves a marker in the thread where a run failed, after its input", async () => {
    const threadId = await runs.thread();
    const claimed = await runs.claimed({ threadId, messages: [{ role: "user", content: "more" }] });
    await cancelRun(runs.context, runs.principal, claimed.run.run_id);
    await end(claimed, { reason: "cancelled", usage: { input_tokens: 0, output_tokens: 0 } });
    expect(await threadOf(threadId)).toMatchObject({
      status: "interrupted",
      messages: [
        { role: "user", content: "Hello" },
        { role: "user", content: "more" },
        {
          role: "system",
          content: "The previous request was not answered: The run was cancelled.",
          metadata: { error: "cancelled" },
        },
      ],
    });
  });

  describe("endBrokenRun", () => {
    it("ends the owner's own run as internal, in a new epoch", async () => {
      const { fence } = await runs.claimed();
      await endBrokenRun(runs.context, fence);
      expect((await runs.events(fence.runId)).at(-1)).toMatchObject({
        id: "2-1",
        type: "run.failed",
        data: { stop_reason: "error", error: { code: "internal" }, after: "0-1", restarted: [] },
      });
      expect(runs.published.at(-1)).toMatchObject({ id: "2-1", type: "run.failed" });
    });

    it("does nothing to a run that has another owner", async () => {
      const { fence } = await runs.claimed();
      await runs.bury(fence.owner);
      await sweepRuns(runs.context, { mayTakeOver: true });
      await runs.claim(fence.runId);
      await endBrokenRun(runs.context, fence);
      expect(await runs.row(fence.runId, "state, epoch")).toEqual({ state: "running", epoch: 2 });
    });
  });
});
