import type { Database } from "@llamaagent/db";
import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture, type RunsFixture } from "@llamaagent/testing/runs-fixture";
import { beforeEach, describe, expect, it } from "vitest";
import { cancelRun } from "../cancel-run.ts";
import { type ClaimedRun } from "../claim-run.ts";
import { endChange } from "../ends/end-change.ts";
import { createRunWriter } from "./run-writer.ts";
import { loadProgress } from "./stored-progress.ts";
import { RunLost } from "./write-run.ts";

onEachDatabase((database) => {
  let runs: RunsFixture;
  beforeEach(async () => {
    runs = await createRunsFixture(database());
  });
  const usage = { input_tokens: 0, output_tokens: 0 };
  const write = ({ fence, run }: ClaimedRun, { text, ends }: { text: string; ends?: boolean }) => ({
    fence,
    batch: {
      events: [
        { id: `${fence.epoch}-1`, type: "message.delta" as const, data: `{"text":"${text}"}` },
      ],
      steps: [],
    },
    ...(ends
      ? { change: endChange(run, { reason: "completed", output: text, messages: [], usage }) }
      : {}),
  });
  const stored = async ({ run }: ClaimedRun) =>
    (await runs.events(run.run_id)).flatMap(({ data }) => data["text"] ?? []);

  describe("writes at the same time", () => {
    it("store each run's own events and end", async () => {
      const writer = createRunWriter(database());
      const [a, b, c] = [await runs.claimed(), await runs.claimed(), await runs.claimed()];
      await Promise.all([
        writer.write(write(a, { text: "a", ends: true })),
        writer.write(write(b, { text: "b" })),
        writer.write(write(c, { text: "c", ends: true })),
      ]);
      expect(await Promise.all([a, b, c].map(stored))).toEqual([["a"], ["b"], ["c"]]);
      const rows = [a, b, c].map(({ run }) => runs.row(run.run_id, "state, output"));
      expect(await Promise.all(rows)).toEqual([
        { state: "ended", output: '"a"' },
        { state: "running", output: null },
        { state: "ended", output: '"c"' },
      ]);
    });

    it("are stored once where their commit fails after it was made", async () => {
      let fails = true;
      const db: Database = {
        ...database(),
        async system(work) {
          const result = await database().system(work);
          if (!fails) return result;
          fails = false;
          throw new Error("the connection broke in an unknown way");
        },
      };
      const writer = createRunWriter(db);
      const [a, b] = [await runs.claimed(), await runs.claimed()];
      await Promise.all([
        writer.write(write(a, { text: "a" })),
        writer.write(write(b, { text: "b" })),
      ]);
      expect(fails).toBe(false);
      expect(await Promise.all([a, b].map(stored))).toEqual([["a"], ["b"]]);
    });

    it("refuse the one whose run has another owner, and store its neighbours", async () => {
      const writer = createRunWriter(database());
      const [a, b] = [await runs.claimed(), await runs.claimed()];
      const lost = { ...b, fence: { ...b.fence, epoch: b.fence.epoch - 1 } };
      const written = await Promise.allSettled([
        writer.write(write(a, { text: "a" })),
        writer.write(write(lost, { text: "b" })),
      ]);
      expect(written).toMatchObject([
        { status: "fulfilled", value: { cancelRequested: false } },
        { status: "rejected", reason: expect.any(RunLost) },
      ]);
      expect(await Promise.all([a, b].map(stored))).toEqual([["a"], []]);
    });

    it("keep apart what the owner before and the one now store of the same run", async () => {
      const writer = createRunWriter(database());
      const now = await runs.claimed();
      const before = { ...now, fence: { ...now.fence, epoch: now.fence.epoch - 1 } };
      const written = await Promise.allSettled([
        writer.write(write(before, { text: "before" })),
        writer.write(write(now, { text: "now" })),
      ]);
      expect(written.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
      expect(await stored(now)).toEqual(["now"]);
    });

    const step = (key: string, state: "done" | "intent") => ({
      key,
      kind: "tool" as const,
      name: "send",
      effect: "unsafe" as const,
      state,
      inputHash: "h",
      startedAt: new Date(0),
      ...(state === "done" ? { result: JSON.stringify(key), endedAt: new Date(0) } : {}),
    });
    const delta = (id: string, text: string) => ({
      id,
      type: "message.delta" as const,
      data: JSON.stringify({ text }),
    });
    const stepsOf = async ({ fence }: ClaimedRun) => {
      const { steps } = await loadProgress(database(), fence);
      return [...steps].map(([key, { state }]) => `${key} ${state}`).toSorted();
    };

    // Ids and keys differ: what went to another run would be refused there else, and stored by itself then.
    it("store each run's own steps and events, however many, and nothing of one that is lost", async () => {
      const writer = createRunWriter(database());
      const claimed = [];
      for (let n = 0; n < 4; n += 1) claimed.push(await runs.claimed());
      const [a, b, c, d] = claimed as [ClaimedRun, ClaimedRun, ClaimedRun, ClaimedRun];
      const lost = { ...b.fence, epoch: b.fence.epoch + 1 };
      const written = await Promise.allSettled([
        writer.write({
          fence: a.fence,
          batch: { events: [delta("1-1", "a1"), delta("1-2", "a2")], steps: [step("a", "done")] },
        }),
        writer.write({
          fence: lost,
          batch: { events: [delta("2-9", "b")], steps: [step("b1", "done"), step("b2", "intent")] },
        }),
        writer.write({
          fence: c.fence,
          batch: { events: [], steps: [step("c1", "done"), step("c2", "intent")] },
        }),
        writer.write({
          fence: d.fence,
          batch: { events: ["1-5", "1-6", "1-7"].map((id) => delta(id, `d${id}`)), steps: [] },
        }),
      ]);
      expect(written.map(({ status }) => status)).toEqual([
        "fulfilled",
        "rejected",
        "fulfilled",
        "fulfilled",
      ]);
      expect(await Promise.all(claimed.map(stored))).toEqual([
        ["a1", "a2"],
        [],
        [],
        ["d1-5", "d1-6", "d1-7"],
      ]);
      expect(await Promise.all(claimed.map(stepsOf))).toEqual([
        ["a done"],
        [],
        ["c1 done", "c2 intent"],
        [],
      ]);
    });

    it("leave out the intents of the cancelled run alone", async () => {
      const writer = createRunWriter(database());
      const [a, b] = [await runs.claimed(), await runs.claimed()];
      await cancelRun(runs.context, runs.principal, a.run.run_id);
      const steps = (run: string) => [step(`${run}1`, "done"), step(`${run}2`, "intent")];
      const written = [
        writer.write({ fence: a.fence, batch: { events: [], steps: steps("a") } }),
        writer.write({ fence: b.fence, batch: { events: [], steps: steps("b") } }),
      ];
      expect(await Promise.all(written)).toEqual([
        { cancelRequested: true },
        { cancelRequested: false },
      ]);
      expect(await Promise.all([a, b].map(stepsOf))).toEqual([
        ["a1 done"],
        ["b1 done", "b2 intent"],
      ]);
    });

    it("tell each of its own cancellation", async () => {
      const writer = createRunWriter(database());
      const [a, b] = [await runs.claimed(), await runs.claimed()];
      await cancelRun(runs.context, runs.principal, b.run.run_id);
      const written = [a, b].map((one) => writer.write(write(one, { text: "x" })));
      expect(await Promise.all(written)).toEqual([
        { cancelRequested: false },
        { cancelRequested: true },
      ]);
    });

    it("fail alone where one cannot be stored", async () => {
      const writer = createRunWriter(database());
      const [a, b] = [await runs.claimed(), await runs.claimed()];
      const broken = write(b, { text: "b" });
      // Postgres's text refuses it; nothing of ours writes it.
      broken.batch.events[0] = { id: "1-1", type: "message.delta", data: "\u0000" };
      const written = await Promise.allSettled([
        writer.write(write(a, { text: "a" })),
        writer.write(broken),
      ]);
      expect(written.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
      expect(await Promise.all([a, b].map(stored))).toEqual([["a"], []]);
    });
  });
});
