import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture, type RunsFixture } from "@llamaagent/testing/runs-fixture";
import { beforeEach, describe, expect, it } from "vitest";
import { admitRun } from "./admit-run.ts";
import { deleteAgent } from "./agents/delete-agent.ts";
import { getRun } from "./get-run.ts";

const idempotency = { key: "k", bodyHash: "hash" };
const otherBody = { key: "k", bodyHash: "other" };

onEachDatabase((database) => {
  let runs: RunsFixture;
  beforeEach(async () => {
    runs = await createRunsFixture(database(), { limits: { timeout_seconds: 77 } });
  });

  describe("admitRun", () => {
    it("takes a run for an agent whose text Postgres's JSON functions refuse", async () => {
      const odd = { instructions: "\u0000 \ud800", limits: { timeout_seconds: 78 } };
      runs = await createRunsFixture(database(), odd);
      const { run_id: runId } = await runs.admit();
      expect(await runs.row(runId, "timeout_seconds")).toEqual({ timeout_seconds: 78 });
    });

    it("stores a queued run with its first event, and hints after the commit", async () => {
      const run = await runs.admit({ input: { b: 1, a: "\u0000 \ud800" }, metadata: { k: [1] } });
      expect(run).toMatchObject({
        state: "queued",
        status: "pending",
        agent_version: 1,
        input: { b: 1, a: "\u0000 \ud800" },
        metadata: { k: [1] },
      });
      expect(runs.hints).toEqual([
        {
          tenantId: runs.principal.tenantId,
          runId: run.run_id,
          generation: 1,
          priority: 1,
          runs: 1,
        },
      ]);
      expect(await runs.events(run.run_id)).toEqual([
        { id: "0-1", type: "run.queued", data: { run_id: run.run_id, at: expect.any(String) } },
      ]);
      const columns = `epoch, generation, blocked, timeout_seconds, input, hint_due_at > now() + interval '4 seconds' AS hinted,
        look_at > now() + interval '23 hours' AS bounded`;
      expect(await runs.row(run.run_id, columns)).toEqual({
        epoch: 0,
        generation: 1,
        blocked: false,
        timeout_seconds: 77,
        // The bytes that were sent: neither key order nor escapes change.
        input: '{"b":1,"a":"\\u0000 \\ud800"}',
        hinted: true,
        bounded: true,
      });
    });

    it("tells of runs that were stored together by one hint for each sixteen", async () => {
      await Promise.all(Array.from({ length: 19 }, () => runs.admit()));
      expect(runs.hints.map((hint) => hint.runs)).toEqual([16, 3]);
    });

    it("puts whoever has many queued runs further back", async () => {
      for (const priority of [1, 2, 3]) {
        await runs.admit();
        expect(runs.hints.at(-1)).toMatchObject({ priority });
      }
    });

    it("refuses an agent or a thread that is not there, and stores nothing", async () => {
      await expect(runs.admit({ agent: "nobody" })).rejects.toMatchObject({
        code: "not_found",
        errors: [{ pointer: "/agent_id", message: "no such agent" }],
      });
      await expect(
        runs.admit({ threadId: "00000000-0000-7000-8000-0000000000ff", idempotency }),
      ).rejects.toMatchObject({ code: "not_found", errors: [{ pointer: "/thread_id" }] });
      const stored = await database().system((tx) =>
        tx.query(`SELECT run_id FROM runs UNION ALL SELECT run_id FROM idempotency_keys`),
      );
      expect(stored).toEqual([]);
      expect(runs.hints).toEqual([]);
    });

    it("refuses one of many at once alone, and stores the others with one priority each", async () => {
      const agents = ["default", "nobody", "default"];
      const admitted = await Promise.allSettled(agents.map((agent) => runs.admit({ agent })));
      expect(admitted.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
      expect(runs.hints.map((hint) => hint.runs)).toEqual([2]);
      const stored = await database().system((tx) =>
        tx.query(`SELECT priority FROM runs ORDER BY priority`),
      );
      expect(stored).toEqual([{ priority: 1 }, { priority: 3 }]);
    });

    it("refuses a deleted agent", async () => {
      await database().tenant(runs.principal.tenantId, (tx) => deleteAgent(tx, "default"));
      await expect(runs.admit()).rejects.toMatchObject({ code: "not_found" });
    });
  });

  describe("an idempotency key", () => {
    it("joins the run that came with it first", async () => {
      const first = await runs.admit({ idempotency });
      const second = await runs.admit({ idempotency });
      expect(second.run_id).toBe(first.run_id);
      expect(runs.hints).toHaveLength(1);
    });

    it("is refused with another body", async () => {
      await runs.admit({ idempotency });
      await expect(runs.admit({ idempotency: otherBody })).rejects.toMatchObject({
        code: "idempotency_key_reused",
      });
    });

    it("makes one run of 20 requests at once", async () => {
      const admitted = await Promise.all(
        Array.from({ length: 20 }, () => runs.admit({ idempotency })),
      );
      expect(new Set(admitted.map((run) => run.run_id)).size).toBe(1);
      const [stored] = await database().system((tx) =>
        tx.query(`SELECT count(*) AS runs FROM runs`),
      );
      expect(stored).toEqual({ runs: 1 });
    });

    it("is another subject's own", async () => {
      const first = await runs.admit({ idempotency });
      const request = { metadata: {}, input: "Hello", idempotency };
      const other = { ...runs.principal, subject: "somebody else" };
      expect((await admitRun(runs.context, other, request)).run.run_id).not.toBe(first.run_id);
    });

    it("is free again after 24 hours", async () => {
      const first = await runs.admit({ idempotency });
      await database().system((tx) =>
        tx.query(`UPDATE idempotency_keys SET created_at = now() - interval '25 hours'`),
      );
      const second = await runs.admit({ idempotency: otherBody });
      expect(second.run_id).not.toBe(first.run_id);
    });

    it("is not taken by a request that was refused", async () => {
      await expect(runs.admit({ idempotency, agent: "nobody" })).rejects.toThrow();
      await runs.admit({ idempotency: otherBody });
    });
  });

  describe("on a thread", () => {
    it("one run has its turn, the others are blocked and not hinted", async () => {
      const threadId = await runs.thread();
      const admitted = await Promise.all([1, 2, 3].map(() => runs.admit({ threadId })));
      const rows = await Promise.all(
        admitted.map((run) => runs.row(run.run_id, "blocked, hint_due_at IS NULL AS unhinted")),
      );
      expect(rows.filter((row) => row["blocked"] === false && !row["unhinted"])).toHaveLength(1);
      expect(rows.filter((row) => row["blocked"] === true && row["unhinted"])).toHaveLength(2);
      expect(runs.hints).toHaveLength(1);
    });
  });

  it("shows and gives nothing to another tenant", async () => {
    const run = await runs.admit({ idempotency });
    const threadId = await runs.thread();
    const stranger = { ...runs.principal, tenantId: "00000000-0000-7000-8000-00000000abcd" };
    await expect(getRun(runs.context, stranger, run.run_id)).rejects.toMatchObject({
      code: "not_found",
    });
    const request = { metadata: {}, idempotency, threadId };
    await expect(admitRun(runs.context, stranger, request)).rejects.toMatchObject({
      code: "not_found",
    });
  });

  it("does not put a run further back for those that wait for their thread's turn", async () => {
    const threadId = await runs.thread();
    for (let n = 0; n < 3; n += 1) await runs.admit({ threadId });
    const run = await runs.admit();
    expect(await runs.row(run.run_id, "priority")).toEqual({ priority: 2 });
  });
});
