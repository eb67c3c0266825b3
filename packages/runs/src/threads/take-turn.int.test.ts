import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture, type RunsFixture } from "@llamaagent/testing/runs-fixture";
import { uuidv7 } from "uuidv7";
import { beforeEach, describe, expect, it } from "vitest";
import { endOwnRun } from "../ends/end-run.ts";
import type { RunEnd } from "../ends/run-end.ts";
import { createRunWriter } from "../journal/run-writer.ts";
import { suspendRun } from "../journal/suspend-run.ts";
import { RunLost, writeRun } from "../journal/write-run.ts";
import { findThread } from "./find-thread.ts";

const nothing = { events: [], steps: [] };
const completed: RunEnd = {
  reason: "completed",
  output: "Hi",
  messages: [{ role: "assistant", content: "Hi" }],
  usage: { input_tokens: 1, output_tokens: 1 },
};
const wait = { reason: "effect_unknown", stepKeys: [] } as const;

onEachDatabase((database) => {
  let runs: RunsFixture;
  let threadId: string;
  beforeEach(async () => {
    runs = await createRunsFixture(database());
    threadId = await runs.thread();
  });
  const thread = () => database().tenant(runs.principal.tenantId, (tx) => findThread(tx, threadId));
  const complete = async (runId: string) => {
    const { fence, run } = await runs.claim(runId);
    const by = { db: database(), writer: createRunWriter(database()) };
    await endOwnRun(by, fence, run, nothing, completed);
  };
  const rowsOf = (runId: string) =>
    database().system((tx) =>
      tx.query(
        `SELECT run_id FROM runs WHERE run_id = $1 UNION ALL SELECT run_id FROM run_events WHERE run_id = $1
         UNION ALL SELECT run_id FROM run_steps WHERE run_id = $1`,
        [runId],
      ),
    );

  /** A run in each state that has not ended, made by `make`. */
  const states = [
    { name: "queued", make: async () => (await runs.admit({ threadId })).run_id },
    { name: "running", make: async () => (await runs.claimed({ threadId })).run.run_id },
    {
      name: "waiting",
      make: async () => {
        const { fence, run } = await runs.claimed({ threadId });
        await database().system((tx) => suspendRun(tx, fence, run, nothing, wait));
        return run.run_id;
      },
    },
  ];

  describe.each(states)("where the thread has a $name run", ({ make }) => {
    it("reject answers a conflict and stores nothing, the key neither", async () => {
      const first = await make();
      const idempotency = { key: "k", bodyHash: "hash" };
      await expect(
        runs.admit({ threadId, multitaskStrategy: "reject", idempotency }),
      ).rejects.toMatchObject({
        code: "conflict",
        errors: [{ pointer: "/multitask_strategy", message: "the thread is busy" }],
      });
      const stored = await database().system((tx) =>
        tx.query(`SELECT run_id FROM runs UNION ALL SELECT run_id FROM idempotency_keys`),
      );
      expect(stored).toEqual([{ run_id: first }]);
    });

    it("interrupt ends it and those behind it, without a word in the thread", async () => {
      const first = await make();
      const { run_id: behind } = await runs.admit({ threadId });
      const heard: string[] = [];
      runs.context.cancelSignals.subscribe((runId) => heard.push(runId));
      const hinted = runs.hints.length;
      const next = await runs.admit({ threadId, multitaskStrategy: "interrupt" });

      for (const runId of [first, behind]) {
        expect(await runs.row(runId, "state, stop_reason, owner")).toEqual({
          state: "ended",
          stop_reason: "cancelled",
          owner: null,
        });
        expect((await runs.events(runId)).at(-1)?.type).toBe("run.cancelled");
      }
      expect(await runs.row(next.run_id, "state, blocked")).toEqual({
        state: "queued",
        blocked: false,
      });
      expect(await thread()).toMatchObject({ status: "busy", messages: [] });
      await expect.poll(() => heard).toEqual([behind, first]);
      await expect.poll(() => runs.hints.slice(hinted)).toMatchObject([{ runId: next.run_id }]);
      expect(runs.published.map(({ runId, type }) => [runId, type])).toEqual([
        [behind, "run.cancelled"],
        [first, "run.cancelled"],
      ]);
    });

    it("rollback removes it and those behind it", async () => {
      const first = await make();
      const { run_id: behind } = await runs.admit({ threadId });
      const next = await runs.admit({ threadId, multitaskStrategy: "rollback" });
      expect(await rowsOf(first)).toEqual([]);
      expect(await rowsOf(behind)).toEqual([]);
      expect(await thread()).toMatchObject({ status: "busy", messages: [] });
      await complete(next.run_id);
      expect(await thread()).toMatchObject({
        status: "idle",
        messages: [{ role: "user", content: "Hello" }, { role: "assistant" }],
      });
    });
  });

  it("fences the owner of a run that was interrupted", async () => {
    const { fence } = await runs.claimed({ threadId });
    await runs.admit({ threadId, multitaskStrategy: "interrupt" });
    const late = database().system((tx) => writeRun(tx, fence, nothing));
    await expect(late).rejects.toThrow(RunLost);
  });

  it.each(["reject", "interrupt", "rollback"] as const)(
    "%s takes the turn of a thread that is idle, and what it said stays",
    async (multitaskStrategy) => {
      const first = await runs.admit({ threadId });
      await complete(first.run_id);
      const next = await runs.admit({ threadId, multitaskStrategy });
      expect(await runs.row(next.run_id, "blocked")).toEqual({ blocked: false });
      expect(await runs.row(first.run_id, "stop_reason")).toEqual({ stop_reason: "completed" });
      expect((await thread()).messages).toHaveLength(2);
    },
  );

  it("leaves a run that is to start later to its time", async () => {
    const later = await runs.admit({ threadId, afterSeconds: 60 });
    await runs.admit({ threadId });
    await runs.admit({ threadId, multitaskStrategy: "interrupt" });
    expect(await runs.row(later.run_id, "state")).toEqual({ state: "queued" });
  });

  it("lets one of many that come at once have the turn, and ends the others", async () => {
    const admitted = await Promise.all(
      Array.from({ length: 8 }, () => runs.admit({ threadId, multitaskStrategy: "interrupt" })),
    );
    const rows = await Promise.all(
      admitted.map(({ run_id: id }) => runs.row(id, "state, blocked")),
    );
    expect(rows.filter(({ state }) => state === "queued")).toEqual([
      { state: "queued", blocked: false },
    ]);
    expect(rows.filter(({ state }) => state === "ended")).toHaveLength(7);
    expect((await thread()).messages).toEqual([]);
  });

  describe("a thread that is not there", () => {
    const missing = () => ({ threadId: uuidv7(), ifNotExists: "create" as const });

    it("is made where that is asked for, once for many at once", async () => {
      const request = missing();
      const admitted = await Promise.all([1, 2, 3].map(() => runs.admit(request)));
      const rows = await Promise.all(admitted.map(({ run_id: id }) => runs.row(id, "blocked")));
      expect(rows.filter(({ blocked }) => blocked === false)).toHaveLength(1);
      threadId = request.threadId;
      expect(await thread()).toMatchObject({ status: "busy", metadata: {} });
    });

    it("is not made by a request that is refused", async () => {
      const request = missing();
      await expect(runs.admit({ ...request, agent: "nobody" })).rejects.toMatchObject({
        code: "not_found",
      });
      threadId = request.threadId;
      await expect(thread()).rejects.toMatchObject({ code: "not_found" });
    });
  });

  it("answers a key whose run was removed with a conflict", async () => {
    const idempotency = { key: "k", bodyHash: "hash" };
    await runs.admit({ threadId, idempotency });
    await runs.admit({ threadId, multitaskStrategy: "rollback" });
    await expect(runs.admit({ threadId, idempotency })).rejects.toMatchObject({
      code: "conflict",
      message: "The run that this key first made was deleted",
    });
  });
});
