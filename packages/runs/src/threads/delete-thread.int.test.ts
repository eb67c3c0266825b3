import type { Database } from "@llamaagent/db";
import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture, type RunsFixture } from "@llamaagent/testing/runs-fixture";
import { beforeEach, describe, expect, it } from "vitest";
import { readBlob } from "../blobs/blobs.ts";
import { collectBlobs } from "../blobs/collect-blobs.ts";
import { cancelRun } from "../cancel-run.ts";
import type { ClaimedRun } from "../claim-run.ts";
import { endBrokenRun } from "../ends/end-broken-run.ts";
import { endOwnRun } from "../ends/end-run.ts";
import type { RunEnd } from "../ends/run-end.ts";
import { strikeRun } from "../ends/strike-run.ts";
import { createRunWriter } from "../journal/run-writer.ts";
import { handBackRun, suspendRun } from "../journal/suspend-run.ts";
import { type RunBatch, RunLost, writeRun } from "../journal/write-run.ts";
import { searchRuns } from "../search-runs.ts";
import { createThread } from "./create-thread.ts";
import { deleteThread } from "./delete-thread.ts";
import { findThread } from "./find-thread.ts";
import { putThreadFile } from "./put-thread-file.ts";

const completed: RunEnd = {
  reason: "completed",
  output: "Hi",
  messages: [{ role: "assistant", content: "Hi" }],
  usage: { input_tokens: 1, output_tokens: 1 },
};
const TABLES = [
  "runs",
  "run_steps",
  "run_events",
  "threads",
  "messages",
  "checkpoints",
  "thread_files",
];

const nothing: RunBatch = { events: [], steps: [] };
/** A call of a tool that has begun. */
const begun: RunBatch = {
  events: [{ id: "1-1", type: "run.started", data: "{}" }],
  steps: [
    {
      key: "model/0/tools/0",
      kind: "tool",
      name: "t",
      effect: "unsafe",
      inputHash: "h",
      state: "intent",
      startedAt: new Date(),
    },
  ],
};
const endBy = (db: Database, { fence, run }: ClaimedRun, how: RunEnd) =>
  endOwnRun({ db, writer: createRunWriter(db) }, fence, run, nothing, how);
/** All that an owner may come to write. */
const WRITES = {
  step: (db: Database, _: RunsFixture, { fence }: ClaimedRun) =>
    db.system((tx) => writeRun(tx, fence, begun)),
  end: (db: Database, _: RunsFixture, claimed: ClaimedRun) => endBy(db, claimed, completed),
  failure: (db: Database, _: RunsFixture, claimed: ClaimedRun) =>
    endBy(db, claimed, { reason: "cancelled", usage: completed.usage }),
  pause: (db: Database, _: RunsFixture, { fence, run }: ClaimedRun) =>
    db.system((tx) =>
      suspendRun(tx, fence, run, nothing, { reason: "effect_unknown", stepKeys: [] }),
    ),
  "handing back": (db: Database, _: RunsFixture, { fence }: ClaimedRun) =>
    db.system((tx) => handBackRun(tx, fence, nothing)),
  strike: (_: Database, { context }: RunsFixture, { fence }: ClaimedRun) =>
    strikeRun(context, fence, 2),
  "last resort": (_: Database, { context }: RunsFixture, { fence }: ClaimedRun) =>
    endBrokenRun(context, fence),
} satisfies Record<string, (db: Database, runs: RunsFixture, run: ClaimedRun) => Promise<unknown>>;
/** What those answer that throw nothing where the run is lost. */
const SILENT: Record<string, unknown> = { strike: "lost", "last resort": undefined };

onEachDatabase((database) => {
  let runs: RunsFixture;
  let threadId: string;
  beforeEach(async () => {
    runs = await createRunsFixture(database());
    threadId = await runs.thread();
  });
  const tenant = () => runs.principal.tenantId;
  const remove = () => deleteThread(runs.context, runs.principal, threadId);
  const end = (claimed: ClaimedRun) => endBy(database(), claimed, completed);
  const upload = () =>
    database().tenant(tenant(), (tx) =>
      putThreadFile(tx, {
        threadId,
        path: "a.txt",
        mediaType: "text/plain",
        bytes: Buffer.from("a"),
      }),
    );
  /** So many rows of the tenant, by table; those that have none are left out. */
  async function rows(): Promise<Record<string, number>> {
    const counts = await Promise.all(
      TABLES.map(async (table) => {
        const [row] = await database().system((tx) =>
          tx.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table} WHERE tenant_id = $1`, [
            tenant(),
          ]),
        );
        return [table, row?.n ?? 0] as const;
      }),
    );
    return Object.fromEntries(counts.filter(([, n]) => n > 0));
  }

  describe("deleteThread", () => {
    it("leaves nothing of an idle thread, its runs and its files", async () => {
      await end(await runs.claimed({ threadId }));
      await upload();
      expect(Object.keys(await rows())).toEqual([
        "runs",
        "run_events",
        "threads",
        "messages",
        "checkpoints",
        "thread_files",
      ]);
      await remove();
      expect(await rows()).toEqual({});
      await expect(remove()).rejects.toMatchObject({ code: "not_found" });
    });

    it("removes very many runs piece by piece", async () => {
      const claimed = await runs.claimed({ threadId });
      await end(claimed);
      await database().system((tx) =>
        tx.query(
          `INSERT INTO runs SELECT (jsonb_populate_record(runs, jsonb_build_object('run_id',
             left(run_id::text, 24) || lpad(to_hex(n), 12, '0')))).*
           FROM runs, generate_series(1, 2200) AS n WHERE run_id = $1`,
          [claimed.run.run_id],
        ),
      );
      expect(await rows()).toMatchObject({ runs: 2201 });
      let transactions = 0;
      const db: Database = {
        ...database(),
        tenant: (id, work) => (transactions++, database().tenant(id, work)),
      };
      await deleteThread({ ...runs.context, db }, runs.principal, threadId);
      expect(await rows()).toEqual({});
      // Twice a thousand, a look at the rest, and the thread with the rest.
      expect(transactions).toBe(4);
    });

    it("leaves whoever reads a file of it a day to finish", async () => {
      const { file } = await upload();
      const read = () => database().tenant(tenant(), (tx) => readBlob(tx, tenant(), file.sha256));
      const age = () =>
        database().system((tx) =>
          tx.query(`UPDATE blobs SET touched_at = now() - interval '25 hours'`),
        );
      await age();
      await remove();
      await collectBlobs(database());
      expect(Buffer.from(await read()).toString()).toBe("a");
      await age();
      await collectBlobs(database());
      await expect(read()).rejects.toMatchObject({ code: "not_found" });
    });

    it("ends its runs at work, waiting for their turn and for their time, and tells of it", async () => {
      const claimed = await runs.claimed({ threadId });
      const behind = await runs.admit({ threadId });
      const later = await runs.admit({ threadId, afterSeconds: 60 });
      const heard: string[] = [];
      runs.context.cancelSignals.subscribe((runId) => heard.push(runId));
      const hinted = runs.hints.length;
      await remove();
      expect(await rows()).toEqual({});
      const ids = [claimed.run.run_id, behind.run_id, later.run_id];
      expect(heard).toEqual([claimed.run.run_id]);
      expect(runs.published.map(({ runId, type }) => [runId, type])).toEqual(
        ids.map((id) => [id, "run.cancelled"]),
      );
      expect(runs.hints).toHaveLength(hinted);
    });

    describe.each(Object.keys(WRITES) as (keyof typeof WRITES)[])("while an owner's %s", (name) => {
      const write = (claimed: ClaimedRun) => WRITES[name](database(), runs, claimed);

      it("comes later lets nothing of it in", async () => {
        const claimed = await runs.claimed({ threadId });
        await database().system((tx) => writeRun(tx, claimed.fence, begun));
        await remove();
        if (name in SILENT) expect(await write(claimed)).toBe(SILENT[name]);
        else await expect(write(claimed)).rejects.toThrow(RunLost);
        expect(await rows()).toEqual({});
      });

      it("comes later lets nothing of it into a thread that has the id since", async () => {
        const claimed = await runs.claimed({ threadId });
        await remove();
        await database().tenant(tenant(), (tx) =>
          createThread(tx, { threadId, metadata: {}, ifExists: "raise" }),
        );
        await Promise.allSettled([write(claimed)]);
        expect(await rows()).toEqual({ threads: 1 });
        const thread = await database().tenant(tenant(), (tx) => findThread(tx, threadId));
        expect(thread).toMatchObject({ status: "idle", values: {}, messages: [] });
        await expect(
          cancelRun(runs.context, runs.principal, claimed.run.run_id),
        ).rejects.toMatchObject({ code: "not_found" });
      });

      it("comes at the same instant leaves nothing, whichever is first", async () => {
        await remove();
        for (let round = 0; round < 5; round += 1) {
          threadId = await runs.thread();
          const claimed = await runs.claimed({ threadId });
          const [written] = await Promise.allSettled([write(claimed), remove()]);
          if (written.status === "rejected") expect(written.reason).toBeInstanceOf(RunLost);
          expect(await rows()).toEqual({});
        }
      });
    });

    it("waits for a commit of the owner's that is under way, and takes along what it stored", async () => {
      const { fence } = await runs.claimed({ threadId });
      const [written, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const owner = database().system(async (tx) => {
        await writeRun(tx, fence, begun);
        written.resolve();
        await over.promise;
      });
      await written.promise;
      const removed = remove();
      setTimeout(over.resolve, 50);
      await Promise.all([owner, removed]);
      expect(await rows()).toEqual({});
    });

    it("and an upload at one instant leave nothing, whichever is first", async () => {
      await remove();
      for (let round = 0; round < 10; round += 1) {
        threadId = await runs.thread();
        const [uploaded] = await Promise.allSettled([upload(), remove()]);
        if (uploaded.status === "rejected")
          expect(uploaded.reason).toMatchObject({ code: "not_found" });
        expect(await rows()).toEqual({});
      }
    });

    it("and an admission that makes the thread at one instant leave one or the other whole", async () => {
      await remove();
      for (let round = 0; round < 10; round += 1) {
        threadId = await runs.thread();
        const [admitted] = await Promise.all([
          runs.admit({ threadId, ifNotExists: "create" }),
          remove(),
        ]);
        const run = await runs.row(admitted.run_id, "state, blocked");
        if (run["state"] === undefined) expect(await rows()).toEqual({});
        else {
          expect(run).toEqual({ state: "queued", blocked: false });
          expect(await rows()).toEqual({ runs: 1, run_events: 1, threads: 1 });
          await remove();
        }
      }
    });

    it("does not find another tenant's thread", async () => {
      const stranger = { ...runs.principal, tenantId: "00000000-0000-7000-8000-00000000abcd" };
      await expect(deleteThread(runs.context, stranger, threadId)).rejects.toMatchObject({
        code: "not_found",
      });
      expect(await rows()).toEqual({ threads: 1 });
    });
  });

  describe("on_completion: delete", () => {
    it("takes the thread with the run's end; the run stays, with what it said", async () => {
      await end(await runs.claimed({ threadId, input: "before" }));
      const claimed = await runs.claimed({ threadId, onCompletion: "delete" });
      expect(claimed.history).toHaveLength(2);
      await end(claimed);
      expect(await rows()).toEqual({ runs: 1, run_events: 1 });
      const { run, messages } = await runs.context.readRun(tenant(), claimed.run.run_id);
      expect(run).toMatchObject({ state: "ended", on_completion: "delete", thread_id: threadId });
      expect(messages).toMatchObject([{ content: "Hello" }, { content: "Hi" }]);
    });

    it("leaves runs whose receivers were not told yet, and nothing of them in a thread of that id", async () => {
      const webhook = { url: "https://example.com/", events: ["run.completed" as const] };
      const told = await runs.claimed({ threadId, webhook });
      await end(told);
      await database().system((tx) =>
        tx.query(`DELETE FROM tasks WHERE task_id = $1`, [told.run.run_id]),
      );
      const untold = await runs.claimed({ threadId, webhook });
      await end(untold);
      const last = await runs.claimed({ threadId, onCompletion: "delete" });
      await end(last);
      const kept = [untold.run.run_id, last.run.run_id];
      const stored = () =>
        database().tenant(tenant(), (tx) =>
          tx.query<{ run_id: string; tasks: number }>(
            `SELECT run_id, (SELECT count(*)::int FROM tasks WHERE task_id = run_id) AS tasks FROM runs
             WHERE run_id = ANY($1) ORDER BY run_id`,
            [[told.run.run_id, ...kept]],
          ),
        );
      const both = kept.map((run_id, index) => ({ run_id, tasks: 1 - index }));
      expect(await stored()).toEqual(both);
      const { run_id: next } = await runs.admit({ threadId, ifNotExists: "create" });
      const found = await database().tenant(tenant(), (tx) =>
        searchRuns(tx, { threadId, limit: 9, offset: 0 }),
      );
      expect(found.map((run) => run.run_id)).toEqual([next]);
      await remove();
      expect(await stored()).toEqual(both);
    });

    it("takes it also where the run is cancelled before it began", async () => {
      const { run_id: runId } = await runs.admit({ threadId, onCompletion: "delete" });
      await cancelRun(runs.context, runs.principal, runId);
      expect(await rows()).toEqual({ runs: 1, run_events: 2 });
    });

    it.each(["interrupt", "rollback"] as const)(
      "does not where the run has to give way: %s",
      async (multitaskStrategy) => {
        await end(await runs.claimed({ threadId, input: "before" }));
        await runs.claimed({ threadId, onCompletion: "delete" });
        const next = await runs.admit({ threadId, multitaskStrategy });
        const claimed = await runs.claim(next.run_id);
        expect(claimed.history).toHaveLength(2);
        await end(claimed);
        const thread = await database().tenant(tenant(), (tx) => findThread(tx, threadId));
        expect(thread.messages).toHaveLength(4);
      },
    );

    it("leaves a thread for which others wait, and it goes with the last that asks for it", async () => {
      const first = await runs.claimed({ threadId, onCompletion: "delete" });
      const next = await runs.admit({ threadId, onCompletion: "delete" });
      await end(first);
      const thread = await database().tenant(tenant(), (tx) => findThread(tx, threadId));
      expect(thread.messages).toHaveLength(2);
      await end(await runs.claim(next.run_id));
      expect(await rows()).toEqual({ runs: 1, run_events: 1 });
    });
  });
});
