import { AppError } from "@llamaagent/core";
import type { Database } from "@llamaagent/db";
import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture, type RunsFixture } from "@llamaagent/testing/runs-fixture";
import { beforeEach, describe, expect, it } from "vitest";
import type { Fence } from "../claim-run.ts";
import { markAlone } from "../ends/strike-run.ts";
import { requeueForgotten, sweepRuns } from "./sweep.ts";
import { handBackRun, suspendRun } from "../journal/suspend-run.ts";

onEachDatabase((database) => {
  let runs: RunsFixture;
  beforeEach(async () => {
    runs = await createRunsFixture(database());
  });
  const sweep = (mayTakeOver = true) => sweepRuns(runs.context, { mayTakeOver });
  const change = (runId: string, set: string) =>
    database().system((tx) => tx.query(`UPDATE runs SET ${set} WHERE run_id = $1`, [runId]));
  const nothing = { events: [], steps: [] };

  describe("sweepRuns", () => {
    it("queues the run of a dead owner again, under a new generation, and hints it", async () => {
      const { fence } = await runs.claimed();
      // It began before its turn; now it goes on before those that have not begun.
      await change(fence.runId, "priority = 250");
      await database().system((tx) =>
        tx.query(`UPDATE workers SET alive_until = now() - interval '1 ms' WHERE worker_id = $1`, [
          fence.owner,
        ]),
      );
      await sweep();
      expect(await runs.row(fence.runId, "state, owner, epoch, generation")).toEqual({
        state: "queued",
        owner: null,
        epoch: 1,
        generation: 2,
      });
      expect(runs.hints.at(-1)).toEqual({
        tenantId: fence.tenantId,
        runId: fence.runId,
        generation: 2,
        priority: 1,
        runs: 1,
      });
    });

    it("repeats hints of many, few in one transaction", async () => {
      const ids: string[] = [];
      for (let n = 0; n < 25; n++) ids.push((await runs.admit()).run_id);
      for (const id of ids) await change(id, "hint_due_at = now() - interval '1 day'");
      const before = runs.hints.length;
      await sweep();
      expect(runs.hints).toHaveLength(before + 25);
      // By the transaction that wrote it: a claim passes over what one has locked.
      const written = await database().system((tx) =>
        tx.query<{ rows: number }>(
          `SELECT count(*)::int AS rows FROM runs WHERE hint_delay_seconds > 5 AND run_id = ANY($1::uuid[]) GROUP BY xmin::text ORDER BY 1`,
          [ids],
        ),
      );
      expect(written.map(({ rows }) => rows)).toEqual([5, 20]);
    });

    describe("counts a strike", () => {
      const lapse = (workerId: string) =>
        database().system((tx) =>
          tx.query(`UPDATE workers SET alive_until = now() WHERE worker_id = $1`, [workerId]),
        );
      /** What the sweeper makes of a run of a lapsed owner with so many strikes. */
      async function strikesAfter(
        strikes: number,
        { mayStrike = true, prepare }: { mayStrike?: boolean; prepare?: Prepare } = {},
      ): Promise<unknown> {
        const { fence } = await runs.claimed();
        await change(fence.runId, `strikes = ${strikes}`);
        await prepare?.(fence);
        await lapse(fence.owner);
        const taken = await sweepRuns(runs.context, { mayTakeOver: true, mayStrike });
        const { strikes: stored } = await runs.row(fence.runId, "strikes");
        expect(taken).toEqual([{ runId: fence.runId, strikes: stored }]);
        expect(await runs.row(fence.runId, "state")).toEqual({ state: "queued" });
        return stored;
      }
      type Prepare = (fence: Fence) => Promise<unknown>;
      const alone: Prepare = (fence) => markAlone(runs.context, fence);

      it("where the owner's row lapsed, twice", async () => {
        expect(await strikesAfter(0)).toBe(1);
        expect(await strikesAfter(1)).toBe(2);
      });

      it("not while Postgres was away lately, nor where the owner was drained", async () => {
        expect(await strikesAfter(0, { mayStrike: false })).toBe(0);
        expect(await strikesAfter(0, { prepare: ({ owner }) => runs.bury(owner) })).toBe(0);
      });

      it("in quarantine only where the run was alone in its process and finished no step", async () => {
        expect(await strikesAfter(2)).toBe(2);
        expect(await strikesAfter(2, { prepare: alone })).toBe(3);
        expect(await strikesAfter(4, { prepare: alone })).toBe(5);
        const aloneBefore: Prepare = async (fence) => {
          await alone(fence);
          await change(fence.runId, "epoch = epoch + 1");
        };
        expect(await strikesAfter(2, { prepare: aloneBefore })).toBe(2);
        const finished =
          (by: (fence: Fence) => string | null): Prepare =>
          async (fence) => {
            await alone(fence);
            await database().system((tx) =>
              tx.query(
                `INSERT INTO run_steps (tenant_id, run_id, step_key, kind, effect, state, input_hash, epoch, origin_run_id)
                 VALUES ($1, $2, 'model/0', 'model', 'none', 'done', '', $3, $4)`,
                [fence.tenantId, fence.runId, fence.epoch, by(fence)],
              ),
            );
          };
        expect(await strikesAfter(2, { prepare: finished(() => null) })).toBe(2);
        // What the run that it takes up had finished in an epoch of the same number.
        expect(await strikesAfter(2, { prepare: finished(({ tenantId }) => tenantId) })).toBe(3);
      });
    });

    it("takes nothing from an owner that lives, nor while it may not", async () => {
      const alive = await runs.claimed();
      const dead = await runs.claimed();
      await runs.bury(dead.fence.owner);
      await sweep(false);
      expect(await runs.row(dead.fence.runId, "state")).toEqual({ state: "running" });
      await sweep();
      expect(await runs.row(alive.fence.runId, "state")).toEqual({ state: "running" });
      expect(await runs.row(dead.fence.runId, "state")).toEqual({ state: "queued" });
    });

    it("repeats a hint that led to nothing, each time after twice as long, at most 60 s", async () => {
      const { run_id: runId } = await runs.admit();
      await sweep();
      expect(runs.hints).toHaveLength(1);
      const delays: unknown[] = [];
      for (let time = 0; time < 5; time++) {
        await change(runId, "hint_due_at = now() - interval '1 ms'");
        await sweep();
        const seconds = "round(extract(epoch FROM hint_due_at - now()))::int AS seconds";
        delays.push((await runs.row(runId, seconds))["seconds"]);
      }
      expect(delays).toEqual([10, 20, 40, 60, 60]);
      expect(runs.hints).toHaveLength(6);
      expect(runs.hints.at(-1)).toMatchObject({ runId, generation: 1 });
    });

    it("hints no blocked run", async () => {
      const threadId = await runs.thread();
      await runs.admit({ threadId });
      const { run_id: runId } = await runs.admit({ threadId });
      await change(runId, "hint_due_at = now() - interval '1 s'");
      await sweep();
      expect(runs.hints).toHaveLength(1);
    });

    it.each(["queued", "blocked", "running", "waiting"])(
      "ends a %s run whose time is over",
      async (state) => {
        const threadId = await runs.thread();
        const { fence, run } = await runs.claimed({ threadId });
        let { runId } = fence;
        const wait = { reason: "effect_unknown", stepKeys: [] } as const;
        if (state === "blocked") runId = (await runs.admit({ threadId })).run_id;
        if (state === "queued") await database().system((tx) => handBackRun(tx, fence, nothing));
        if (state === "waiting")
          await database().system((tx) => suspendRun(tx, fence, run, nothing, wait));
        await sweep();
        expect(await runs.row(runId, "stop_reason IS DISTINCT FROM 'timeout' AS alive")).toEqual({
          alive: true,
        });
        await change(runId, "look_at = now() - interval '1 ms'");
        await sweep();
        expect(await runs.row(runId, "state, stop_reason")).toEqual({
          state: "ended",
          stop_reason: "timeout",
        });
        expect(runs.published.at(-1)).toMatchObject({ runId, type: "run.failed" });
        const { data } = (await runs.events(runId)).at(-1) ?? {};
        expect(data).toMatchObject({ stop_reason: "timeout", error: { code: "run_timeout" } });
      },
    );

    it("gives the turn on where it ends a run of a thread", async () => {
      const threadId = await runs.thread();
      const { fence } = await runs.claimed({ threadId });
      const next = await runs.admit({ threadId });
      await change(fence.runId, "look_at = now() - interval '1 ms'");
      await sweep();
      expect(runs.hints.at(-1)).toMatchObject({ runId: next.run_id, generation: 2 });
    });

    it("ends the others where one of the overdue runs cannot be ended", async () => {
      const broken = await runs.claimed();
      const other = await runs.claimed();
      // An event that a new epoch would write is there already.
      await database().system((tx) =>
        tx.query(
          `INSERT INTO run_events (tenant_id, run_id, epoch, seq, type, data) VALUES ($1, $2, 2, 1, 'run.resumed', '{}')`,
          [broken.fence.tenantId, broken.fence.runId],
        ),
      );
      await change(broken.fence.runId, "look_at = now() - interval '2 s'");
      await change(other.fence.runId, "look_at = now() - interval '1 s'");
      await expect(sweep()).rejects.toThrow("runs over their time were not ended");
      expect(await runs.row(other.fence.runId, "state")).toEqual({ state: "ended" });
    });
  });

  describe("requeueForgotten", () => {
    it("queues what the worker owns and does not execute, once that is a minute old", async () => {
      const { fence } = await runs.claimed();
      const forget = (executing: string[] = []) =>
        requeueForgotten(runs.context, fence.owner, executing);
      await forget();
      await change(fence.runId, "updated_at = now() - interval '61 s'");
      await forget([fence.runId]);
      await requeueForgotten(runs.context, await runs.worker(), []);
      expect(await runs.row(fence.runId, "state")).toEqual({ state: "running" });
      await forget();
      expect(await runs.row(fence.runId, "state, generation")).toEqual({
        state: "queued",
        generation: 2,
      });
      expect(runs.hints.at(-1)).toMatchObject({ runId: fence.runId, generation: 2 });
    });
  });

  it("does not try the next overdue run where the database is away", async () => {
    const overdue = [await runs.claimed(), await runs.claimed()];
    for (const { fence } of overdue) await change(fence.runId, "look_at = now() - interval '1 s'");
    let ends = 0;
    const system: Database["system"] = (work) =>
      database().system((tx) => {
        const query: typeof tx.query = (text, ...rest) => {
          if (!text.includes("SELECT thread_id FROM runs")) return tx.query(text, ...rest);
          ends += 1;
          return Promise.reject(new AppError("service_unavailable"));
        };
        return work({ ...tx, query });
      });
    const context = { ...runs.context, db: { ...database(), system } };
    const swept = sweepRuns(context, { mayTakeOver: false });
    await expect(swept).rejects.toMatchObject({ code: "service_unavailable" });
    expect(ends).toBe(1);
  });
});
