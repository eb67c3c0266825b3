import type { Database } from "@llamaagent/db";
import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture, type RunsFixture } from "@llamaagent/testing/runs-fixture";
import { beforeEach, describe, expect, it } from "vitest";
import { cancelRun } from "./cancel-run.ts";
import { endWithoutTrace } from "./ends/end-without-trace.ts";
import { createCancelWatch } from "./workers/cancel-watch.ts";
import { RunCancelled } from "./journal/run-cancelled.ts";
import { suspendRun } from "./journal/suspend-run.ts";
import { writeRun } from "./journal/write-run.ts";

onEachDatabase((database) => {
  let runs: RunsFixture;
  beforeEach(async () => {
    runs = await createRunsFixture(database());
  });
  const cancel = (runId: string) => cancelRun(runs.context, runs.principal, runId);
  const nothing = { events: [], steps: [] };
  const wait = { reason: "effect_unknown", stepKeys: [] } as const;

  describe("cancelRun", () => {
    it("ends a queued run at once, and says so on the tail", async () => {
      const { run_id: runId } = await runs.admit();
      await cancel(runId);
      expect(await runs.row(runId, "state, stop_reason, epoch")).toEqual({
        state: "ended",
        stop_reason: "cancelled",
        epoch: 1,
      });
      expect((await runs.events(runId)).at(-1)).toMatchObject({
        id: "1-1",
        type: "run.cancelled",
        data: { stop_reason: "cancelled", after: "0-1", restarted: [] },
      });
      expect(runs.published).toMatchObject([{ runId, id: "1-1", type: "run.cancelled" }]);
    });

    it("tells the owner of a running run, at once and through Postgres", async () => {
      const { fence } = await runs.claimed();
      const heard: string[] = [];
      runs.context.cancelSignals.subscribe((runId) => heard.push(runId));
      await cancel(fence.runId);
      expect(heard).toEqual([fence.runId]);
      expect(await runs.row(fence.runId, "state")).toEqual({ state: "running" });

      const seen: string[] = [];
      const watch = createCancelWatch({
        db: database(),
        clock: runs.context.clock,
        workerId: fence.owner,
        executing: () => [],
        onCancelled: (runId) => seen.push(runId),
        onLost: () => {},
      });
      await runs.claimed(); // Another worker's: not looked at.
      await watch.look(0);
      expect(seen).toEqual([fence.runId]);
    });

    it("ends a waiting run at once, with the tokens that it used", async () => {
      const { fence, run } = await runs.claimed();
      const data = '{"input_tokens":11,"output_tokens":4}';
      await database().system((tx) =>
        writeRun(tx, fence, { events: [{ id: "1-1", type: "usage.updated", data }], steps: [] }),
      );
      await database().system((tx) => suspendRun(tx, fence, run, nothing, wait));
      await cancel(fence.runId);
      expect(
        await runs.row(fence.runId, "state, stop_reason, input_tokens, output_tokens"),
      ).toEqual({ state: "ended", stop_reason: "cancelled", input_tokens: 11, output_tokens: 4 });
      expect((await runs.events(fence.runId)).at(-1)).toMatchObject({
        id: "2-1",
        data: { after: "1-1" },
      });
    });

    it("changes nothing of an ended run", async () => {
      const { run_id: runId } = await runs.admit();
      await cancel(runId);
      const before = await runs.row(runId);
      await cancel(runId);
      expect(await runs.row(runId)).toEqual(before);
      expect(await runs.events(runId)).toHaveLength(2);
    });

    it("ends a run that is paused while it is being cancelled", async () => {
      // PGlite has one connection: nothing comes between two statements of a transaction.
      if (database().driver !== "postgres") return;
      const { fence, run } = await runs.claimed();
      let isPaused = false;
      const { promise: turn, resolve: takeTurn } = Promise.withResolvers<void>();
      const pausing = turn.then(() =>
        database().system((tx) => suspendRun(tx, fence, run, nothing, wait)),
      );
      const tenant: Database["tenant"] = (id, work) =>
        database().tenant(id, (tx) =>
          work({
            ...tx,
            async query<Row extends object>(text: string, values?: readonly unknown[]) {
              // The last moment: behind it the row is locked.
              if (!isPaused && text.includes("FOR UPDATE")) {
                isPaused = true;
                takeTurn();
                await pausing;
              }
              return tx.query<Row>(text, values);
            },
          }),
        );
      const db = { ...database(), tenant };
      await cancelRun({ ...runs.context, db }, runs.principal, fence.runId);
      expect(isPaused).toBe(true);
      expect(await runs.row(fence.runId, "state, stop_reason")).toEqual({
        state: "ended",
        stop_reason: "cancelled",
      });
    });

    it("does not find another tenant's run", async () => {
      const { run_id: runId } = await runs.admit();
      const stranger = { ...runs.principal, tenantId: "00000000-0000-7000-8000-00000000abcd" };
      await expect(cancelRun(runs.context, stranger, runId)).rejects.toMatchObject({
        code: "not_found",
      });
      expect(await runs.row(runId, "state, cancel_requested_at")).toEqual({
        state: "queued",
        cancel_requested_at: null,
      });
    });
  });

  it("lets no run wait whose cancellation was requested: nobody would look at it again", async () => {
    const { fence, run } = await runs.claimed();
    await cancel(fence.runId);
    const suspended = database().system((tx) => suspendRun(tx, fence, run, nothing, wait));
    await expect(suspended).rejects.toThrow(RunCancelled);
    expect(await runs.row(fence.runId, "state")).toEqual({ state: "running" });
  });

  describe("a cancel watch", () => {
    it("finds what the worker executes and does not own any more, ended or another's", async () => {
      const workerId = await runs.worker();
      const claim = async () => runs.claim((await runs.admit()).run_id, workerId);
      const [own, ended, taken] = [await claim(), await claim(), await claim()];
      await database().tenant(runs.principal.tenantId, (tx) =>
        endWithoutTrace(tx, ended.run.run_id, new Date()),
      );
      await database().system((tx) =>
        tx.query(`UPDATE runs SET epoch = epoch + 1 WHERE run_id = $1`, [taken.run.run_id]),
      );
      const lost: string[] = [];
      const watch = createCancelWatch({
        db: database(),
        clock: runs.context.clock,
        workerId,
        executing: () => [own.fence, ended.fence, taken.fence],
        onCancelled: () => {},
        onLost: ({ runId }) => lost.push(runId),
      });
      await watch.look(0);
      expect(lost).toEqual([ended.run.run_id, taken.run.run_id]);
    });

    it("shares one look among callers, and looks again only past the age asked for", async () => {
      let queries = 0;
      const db = {
        ...database(),
        system: ((work) => (queries++, database().system(work))) as ReturnType<
          typeof database
        >["system"],
      };
      let now = 0;
      const clock = { now: () => new Date(), monotonicMs: () => now };
      const watch = createCancelWatch({
        db,
        clock,
        workerId: await runs.worker(),
        executing: () => [],
        onCancelled: () => {},
        onLost: () => {},
      });
      await Promise.all([watch.look(500), watch.look(500), watch.look(500)]);
      expect(queries).toBe(1);
      now = 500;
      await watch.look(500);
      expect(queries).toBe(1);
      now = 501;
      await watch.look(500);
      expect(queries).toBe(2);
    });

    it("counts the age of a look from where it was begun", async () => {
      let queries = 0;
      let now = 0;
      const system: Database["system"] = async (work) => {
        queries += 1;
        const answer = await database().system(work);
        // What is cancelled meanwhile is not in the answer.
        now += 400;
        return answer;
      };
      const watch = createCancelWatch({
        db: { ...database(), system },
        clock: { now: () => new Date(), monotonicMs: () => now },
        workerId: await runs.worker(),
        executing: () => [],
        onCancelled: () => {},
        onLost: () => {},
      });
      await watch.look(500);
      now = 501;
      await watch.look(500);
      expect(queries).toBe(2);
    });
  });
});
