import { AppError, toProblem } from "@llamaagent/core";
import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture, type RunsFixture } from "@llamaagent/testing/runs-fixture";
import { beforeEach, describe, expect, it } from "vitest";
import { cancelRun } from "./cancel-run.ts";
import type { ClaimedRun } from "./claim-run.ts";
import { dropDeadLetter, listDeadLetters } from "./dead-letters.ts";
import { endOwnRun } from "./ends/end-run.ts";
import type { RunEnd } from "./ends/run-end.ts";
import { createRunWriter } from "./journal/run-writer.ts";
import { loadProgress } from "./journal/stored-progress.ts";
import { type RecordedEvent, type RecordedStep, writeRun } from "./journal/write-run.ts";
import { retryRun } from "./retry-run.ts";
import { findThread } from "./threads/find-thread.ts";
import { sweepRuns } from "./workers/sweep.ts";

const usage = { input_tokens: 1, output_tokens: 1 };
const failed: RunEnd = {
  reason: "error",
  error: toProblem(new AppError("model_unavailable")),
  usage,
};
const completed: RunEnd = {
  reason: "completed",
  output: "Hi",
  messages: [{ role: "assistant", content: "Hi" }],
  usage,
};

onEachDatabase((database) => {
  let runs: RunsFixture;
  beforeEach(async () => {
    runs = await createRunsFixture(database());
  });
  const tenant = () => runs.principal.tenantId;
  const retry = (runId: string, fromStep?: string, isRepeat = false) =>
    retryRun(runs.context, runs.principal, runId, { fromStep, isRepeat });
  const end = (
    { fence, run }: ClaimedRun,
    how: RunEnd,
    steps: RecordedStep[] = [],
    events: RecordedEvent[] = [],
  ) => {
    const by = { db: database(), writer: createRunWriter(database()) };
    return endOwnRun(by, fence, run, { events, steps }, how);
  };
  let second = 0;
  const step = (key: string, rest: Partial<RecordedStep> = {}): RecordedStep => ({
    key,
    kind: key.includes("tools") ? "tool" : "model",
    name: "n",
    effect: key.includes("tools") ? "unsafe" : "none",
    inputHash: key,
    state: "done",
    result: JSON.stringify(key),
    startedAt: new Date(Date.UTC(2026, 0, 1, 0, 0, second++)),
    endedAt: new Date(),
    ...rest,
  });
  const event = (
    id: string,
    type: RecordedEvent["type"],
    data: object,
    rest = {},
  ): RecordedEvent => ({
    id,
    type,
    data: JSON.stringify({ run_id: "RUN", at: "2026-01-01T00:00:00.000Z", ...data }),
    ...rest,
  });
  /** A run that failed in its second model call, after an unsafe tool call. */
  async function failedRun(request: Parameters<RunsFixture["admit"]>[0] = {}) {
    const claimed = await runs.claimed(request);
    const own = (e: RecordedEvent) => ({ ...e, data: e.data.replace("RUN", claimed.run.run_id) });
    const called = { stepKey: "model/0/tools/0" };
    await end(
      claimed,
      failed,
      [step("model/0"), step("model/0/tools/0"), step("model/1", { state: "intent" })],
      [
        event("1-1", "run.started", {}),
        event("1-2", "message.started", { message_id: "m0" }, { stepKey: "model/0" }),
        event("1-3", "message.completed", { message_id: "m0" }, { stepKey: "model/0" }),
        event("1-4", "usage.updated", usage, { place: { scope: "", ordinal: 0 } }),
        event("1-5", "tool_call.started", { tool_call_id: "t", name: "n" }, called),
        event("1-6", "tool_call.completed", { tool_call_id: "t", name: "n" }, called),
        event("1-7", "message.started", { message_id: "m1" }, { stepKey: "model/1" }),
        event("1-8", "usage.updated", usage, { place: { scope: "", ordinal: 1 } }),
        event("1-9", "run.failed", {}),
      ].map(own),
    );
    return claimed.run.run_id;
  }
  const progressOf = async (runId: string) => {
    const { fence } = await runs.claim(runId);
    return loadProgress(database(), fence);
  };

  describe("retryRun", () => {
    it("takes up a run with its finished steps and their events, under the agent's version", async () => {
      const runId = await failedRun({ input: "Hello", metadata: { n: 1 } });
      const hinted = runs.hints.length;
      const run = await retry(runId);
      expect(run).toMatchObject({
        state: "queued",
        input: "Hello",
        metadata: { n: 1 },
        agent_version: 1,
        retry_of: runId,
      });
      expect(runs.hints.slice(hinted)).toMatchObject([{ runId: run.run_id }]);
      expect((await runs.events(run.run_id)).map(({ id, type }) => `${id} ${type}`)).toEqual([
        "0-1 run.queued",
        "0-2 message.started",
        "0-3 message.completed",
        "0-4 usage.updated",
        "0-5 tool_call.started",
        "0-6 tool_call.completed",
      ]);
      for (const { data } of await runs.events(run.run_id)) expect(data["run_id"]).toBe(run.run_id);
      const progress = await progressOf(run.run_id);
      expect([...progress.steps.keys()].toSorted()).toEqual(["model/0", "model/0/tools/0"]);
      expect(progress.steps.get("model/0/tools/0")).toMatchObject({
        state: "done",
        result: "model/0/tools/0",
        originRunId: runId,
      });
      expect(progress).toMatchObject({ lastEventId: "0-6", open: [] });
      expect(progress.ordinals).toEqual(new Map([["", 1]]));
    });

    it("keeps calls whose outcome is not known: idempotent as begun, unsafe as unknown", async () => {
      const claimed = await runs.claimed();
      const intents = [
        step("model/0/tools/0", { state: "intent", effect: "idempotent" }),
        step("model/0/tools/1", { state: "intent" }),
      ];
      await end(claimed, failed, [step("model/0"), ...intents]);
      const first = claimed.run.run_id;
      const { run_id: again } = await retry(first);
      const second = await runs.claim(again);
      const { steps } = await loadProgress(database(), second.fence);
      expect(steps.get("model/0/tools/0")).toMatchObject({ state: "intent", originRunId: first });
      expect(steps.get("model/0/tools/1")).toMatchObject({ state: "unknown" });
      // Over a second retry the key is still the first one's.
      await end(second, failed);
      const { run_id: third } = await retry(again);
      const progress = await progressOf(third);
      expect(progress.steps.get("model/0/tools/0")).toMatchObject({ originRunId: first });
    });

    it("leaves out a step that is to be done again, and what began after it", async () => {
      const runId = await failedRun();
      const run = await retry(runId, "model/0/tools/0");
      const { steps, ordinals } = await progressOf(run.run_id);
      expect([...steps.keys()]).toEqual(["model/0"]);
      expect(ordinals).toEqual(new Map([["", 1]]));
      const other = await failedRun();
      await expect(retry(other, "model/9")).rejects.toMatchObject({
        code: "invalid_request",
        errors: [{ pointer: "/from_step" }],
      });
    });

    it("is one run, however often and from how many sides it is asked for", async () => {
      const runId = await failedRun();
      const retries = await Promise.all([retry(runId), retry(runId), retry(runId)]);
      expect(new Set(retries.map((run) => run.run_id)).size).toBe(1);
      expect((await retry(runId)).run_id).toBe(retries[0]?.run_id);
      expect(await runs.row(runId, "retried_as")).toEqual({ retried_as: retries[0]?.run_id });
      const conflict = { code: "conflict", errors: [{ pointer: "/from_step" }] };
      await expect(retry(runId, "model/0")).rejects.toMatchObject(conflict);
      expect((await retry(runId, "model/0", true)).run_id).toBe(retries[0]?.run_id);
      await database().system((tx) =>
        tx.query(`UPDATE runs SET created_at = now() - interval '3 minutes' WHERE retry_of = $1`, [
          runId,
        ]),
      );
      await expect(retry(runId, "model/0", true)).rejects.toMatchObject(conflict);
    });

    it("leaves out what a later epoch began again", async () => {
      const { fence } = await runs.claimed();
      const own = (e: RecordedEvent) => ({ ...e, data: e.data.replace("RUN", fence.runId) });
      const at = { stepKey: "model/0" };
      const odd = 'm"\\{0}';
      const begun = [
        event("1-1", "run.started", {}),
        event("1-2", "message.started", { message_id: odd }, at),
        event("1-3", "message.delta", { message_id: "kept", text: `"message_id":"${odd}"` }, at),
      ].map(own);
      await database().system((tx) => writeRun(tx, fence, { events: begun, steps: [] }));
      await runs.bury(fence.owner);
      await sweepRuns(runs.context, { mayTakeOver: true });
      const again = await runs.claim(fence.runId);
      const restarted = { after: "1-3", restarted: [odd] };
      await end(
        again,
        failed,
        [step("model/0")],
        [
          event("2-1", "run.resumed", restarted),
          event("2-2", "message.started", { message_id: odd }, at),
          event("2-3", "message.completed", { message_id: odd }, at),
          event("2-4", "run.failed", {}),
        ].map(own),
      );
      const { run_id: runId } = await retry(fence.runId);
      const copies = (await runs.events(runId)).map(({ id, type, data }) => [
        `${id} ${type}`,
        data["message_id"],
      ]);
      expect(copies).toEqual([
        ["0-1 run.queued", undefined],
        ["0-2 message.delta", "kept"],
        ["0-3 message.started", odd],
        ["0-4 message.completed", odd],
      ]);
    });

    it("refuses a run whose thread went with it, also where there is another of that id", async () => {
      const threadId = await runs.thread();
      const runId = await failedRun({ threadId, onCompletion: "delete" });
      const gone = { code: "conflict", message: expect.stringContaining("thread is gone") };
      await expect(retry(runId)).rejects.toMatchObject(gone);
      await runs.admit({ threadId, ifNotExists: "create" });
      await expect(retry(runId)).rejects.toMatchObject(gone);
    });

    it("refuses a run that has not ended, or has completed", async () => {
      const queued = await runs.admit();
      await expect(retry(queued.run_id)).rejects.toMatchObject({ code: "conflict" });
      const claimed = await runs.claimed();
      await expect(retry(claimed.run.run_id)).rejects.toMatchObject({ code: "conflict" });
      await end(claimed, completed);
      await expect(retry(claimed.run.run_id)).rejects.toMatchObject({ code: "conflict" });
      await expect(retry("00000000-0000-7000-8000-0000000000ff")).rejects.toMatchObject({
        code: "not_found",
      });
    });

    it("puts the thread's turn where the failed one stood, if that was the last", async () => {
      const threadId = await runs.thread();
      await end(await runs.claimed({ threadId, input: "1" }), completed);
      const runId = await failedRun({ threadId, input: "2" });
      const { run_id: again } = await retry(runId);
      const claimed = await runs.claim(again);
      expect(claimed.history.map(({ content }) => content)).toEqual(["1", "Hi"]);
      await end(claimed, completed);
      const thread = await database().tenant(tenant(), (tx) => findThread(tx, threadId));
      expect(thread.messages.map(({ content }) => content)).toEqual(["1", "Hi", "2", "Hi"]);
    });

    it("waits for its turn on a busy thread", async () => {
      const threadId = await runs.thread();
      const runId = await failedRun({ threadId });
      const before = await runs.admit({ threadId });
      const hinted = runs.hints.length;
      const again = await retry(runId);
      expect(await runs.row(again.run_id, "blocked")).toEqual({ blocked: true });
      expect(runs.hints).toHaveLength(hinted);
      // What is said meanwhile stays, though the failed one was the thread's last when it was retried.
      await end(await runs.claim(before.run_id), completed);
      expect(await runs.row(again.run_id, "blocked")).toEqual({ blocked: false });
      await end(await runs.claim(again.run_id), completed);
      const thread = await database().tenant(tenant(), (tx) => findThread(tx, threadId));
      expect(thread.messages.filter(({ content }) => content === "Hi")).toHaveLength(2);
    });
  });

  describe("dead letters", () => {
    const dead = async (page: Partial<Parameters<typeof listDeadLetters>[1]> = {}) =>
      (await database().tenant(tenant(), (tx) => listDeadLetters(tx, { limit: 10, ...page }))).map(
        (run) => run.run_id,
      );

    it("are runs that ended in error or timed out, newest first, by reason and in pages", async () => {
      const first = await failedRun();
      await end(await runs.claimed(), completed);
      await cancelRun(runs.context, runs.principal, (await runs.admit()).run_id);
      const claimed = await runs.claimed();
      await end(claimed, {
        reason: "timeout",
        error: toProblem(new AppError("run_timeout")),
        usage,
      });
      const late = claimed.run.run_id;
      expect(await dead()).toEqual([late, first]);
      expect(await dead({ reason: "timeout" })).toEqual([late]);
      expect(await dead({ before: late })).toEqual([first]);
      expect(await dead({ limit: 1 })).toEqual([late]);
    });

    it("are none once they are dropped or retried", async () => {
      const [a, b] = [await failedRun(), await failedRun()];
      const drop = (id: string) => database().tenant(tenant(), (tx) => dropDeadLetter(tx, id));
      await drop(a);
      await expect(drop(a)).rejects.toMatchObject({ code: "not_found" });
      expect(await dead()).toEqual([b]);
      await retry(b);
      expect(await dead()).toEqual([]);
    });
  });
});
