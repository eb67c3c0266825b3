import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture, type RunsFixture } from "@llamaagent/testing/runs-fixture";
import { beforeEach, describe, expect, it } from "vitest";
import { cancelRun } from "../cancel-run.ts";
import type { ClaimedRun } from "../claim-run.ts";
import { endOwnRun } from "../ends/end-run.ts";
import type { RunEnd } from "../ends/run-end.ts";
import { createRunWriter } from "../journal/run-writer.ts";
import { RunLost } from "../journal/write-run.ts";
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

onEachDatabase((database) => {
  let runs: RunsFixture;
  let threadId: string;
  beforeEach(async () => {
    runs = await createRunsFixture(database());
    threadId = await runs.thread();
  });
  const tenant = () => runs.principal.tenantId;
  const remove = () => deleteThread(runs.context, runs.principal, threadId);
  const end = ({ fence, run }: ClaimedRun, how = completed) =>
    endOwnRun(
      { db: database(), writer: createRunWriter(database()) },
      fence,
      run,
      { events: [], steps: [] },
      how,
    );
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

    it("ends its runs at work, waiting for their turn and for their time, and tells of it", async () => {
      const claimed = await runs.claimed({ threadId });
      const behind = await runs.admit({ threadId });
      const later = await runs.admit({ threadId, afterSeconds: 60 });
      const heard: string[] = [];
      runs.context.cancelSignals.subscribe((runId) => heard.push(runId));
      const hinted = runs.hints.length;
      await remove();
      expect(await rows()).toEqual({});
      const ids = [behind.run_id, later.run_id, claimed.run.run_id];
      expect(heard).toEqual(ids);
      expect(runs.published.map(({ runId, type }) => [runId, type])).toEqual(
        ids.map((id) => [id, "run.cancelled"]),
      );
      expect(runs.hints).toHaveLength(hinted);
    });

    it("lets nothing of an owner come back, also where the id is used again", async () => {
      const claimed = await runs.claimed({ threadId });
      await remove();
      await database().tenant(tenant(), (tx) =>
        createThread(tx, { threadId, metadata: {}, ifExists: "raise" }),
      );
      await expect(end(claimed)).rejects.toThrow(RunLost);
      expect(await rows()).toEqual({ threads: 1 });
      await expect(
        cancelRun(runs.context, runs.principal, claimed.run.run_id),
      ).rejects.toMatchObject({ code: "not_found" });
    });

    it("and the end of a run at one instant leave nothing, whichever is first", async () => {
      await remove();
      for (let round = 0; round < 10; round += 1) {
        threadId = await runs.thread();
        const claimed = await runs.claimed({ threadId });
        const [ended] = await Promise.allSettled([end(claimed), remove()]);
        if (ended.status === "rejected") expect(ended.reason).toBeInstanceOf(RunLost);
        expect(await rows()).toEqual({});
      }
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
