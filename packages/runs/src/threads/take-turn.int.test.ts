import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture, type RunsFixture } from "@llamaagent/testing/runs-fixture";
import { uuidv7 } from "uuidv7";
import { beforeEach, describe, expect, it } from "vitest";
import { admitRun } from "../admit-run.ts";
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
    { name: "queued", hasOwner: false, make: async () => (await runs.admit({ threadId })).run_id },
    {
      name: "running",
      hasOwner: true,
      make: async () => (await runs.claimed({ threadId })).run.run_id,
    },
    {
      name: "waiting",
      hasOwner: false,
      make: async () => {
        const { fence, run } = await runs.claimed({ threadId });
        await database().system((tx) => suspendRun(tx, fence, run, nothing, wait));
        return run.run_id;
      },
    },
  ];

  describe.each(states)("where the thread has a $name run", ({ make, hasOwner }) => {
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
      await expect.poll(() => runs.hints.slice(hinted)).toMatchObject([{ runId: next.run_id }]);
      expect(heard).toEqual(hasOwner ? [first] : []);
      expect(runs.published.map(({ runId, type }) => [runId, type])).toEqual([
        [first, "run.cancelled"],
        [behind, "run.cancelled"],
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

  it("ends a run after the last that its owner stored, with what it used, and has its receiver told", async () => {
    const webhook = { url: "https://example.com/", events: ["run.cancelled" as const] };
    const { fence } = await runs.claimed({ threadId, webhook });
    const used = { input_tokens: 3, output_tokens: 4 };
    const at = { run_id: fence.runId, at: "2026-01-01T00:00:00.000Z" };
    const events = [
      { id: "1-1", type: "run.started" as const, data: JSON.stringify(at) },
      { id: "1-2", type: "usage.updated" as const, data: JSON.stringify({ ...at, ...used }) },
    ];
    await database().system((tx) => writeRun(tx, fence, { events, steps: [] }));
    await runs.admit({ threadId, multitaskStrategy: "interrupt" });
    expect(await runs.row(fence.runId, "epoch, input_tokens, output_tokens")).toEqual({
      epoch: 2,
      ...used,
    });
    expect((await runs.events(fence.runId)).at(-1)).toMatchObject({
      id: "2-1",
      data: { stop_reason: "cancelled", after: "1-2", restarted: [] },
    });
    const tasks = await database().system((tx) =>
      tx.query(`SELECT due_at <= now() AS is_due, wakes FROM tasks WHERE task_id = $1`, [
        fence.runId,
      ]),
    );
    expect(tasks).toEqual([{ is_due: true, wakes: 1 }]);
  });

  it("waits for a commit of the owner's that is under way, and ends the run behind it", async () => {
    const { fence } = await runs.claimed({ threadId });
    const [written, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const owner = database().system(async (tx) => {
      const events = [{ id: "1-1", type: "run.started" as const, data: "{}" }];
      await writeRun(tx, fence, { events, steps: [] });
      written.resolve();
      await over.promise;
    });
    await written.promise;
    const next = runs.admit({ threadId, multitaskStrategy: "interrupt" });
    setTimeout(over.resolve, 50);
    await Promise.all([owner, next]);
    expect((await runs.events(fence.runId)).at(-1)).toMatchObject({
      id: "2-1",
      data: { after: "1-1" },
    });
  });

  it.each(["interrupt", "rollback"] as const)(
    "%s ends many in as many statements as a few",
    async (multitaskStrategy) => {
      const statements = async (behind: number): Promise<number> => {
        const request = { threadId: await runs.thread(), metadata: {} };
        for (let n = 0; n <= behind; n += 1) await runs.admit(request);
        let count = 0;
        const tenant: typeof runs.context.db.tenant = (tenantId, work) =>
          database().tenant(tenantId, (tx) => {
            const query: typeof tx.query = (...given) => {
              count += 1;
              return tx.query(...given);
            };
            return work({ ...tx, query });
          });
        const db = { ...database(), tenant };
        await admitRun({ ...runs.context, db }, runs.principal, { ...request, multitaskStrategy });
        return count;
      };
      expect(await statements(20)).toBe(await statements(1));
    },
  );

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
