import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture, type RunsFixture } from "@llamaagent/testing/runs-fixture";
import { beforeEach, describe, expect, it } from "vitest";
import type { ClaimedRun } from "../claim-run.ts";
import { cancelRun } from "../cancel-run.ts";
import { loadProgress } from "./stored-progress.ts";
import { sweepRuns } from "../workers/sweep.ts";
import { type RecordedStep, type RunBatch, RunLost, writeRun } from "./write-run.ts";

const step = (state: RecordedStep["state"], rest: Partial<RecordedStep> = {}): RecordedStep => ({
  key: "model/0/tools/0",
  kind: "tool",
  name: "send",
  effect: "unsafe",
  state,
  inputHash: "h",
  startedAt: new Date(0),
  ...rest,
});
const event = (id: string, type: "message.delta" | "usage.updated" = "message.delta") => ({
  id,
  type,
  data: `{"text":"${id}"}`,
});

onEachDatabase((database) => {
  let runs: RunsFixture;
  beforeEach(async () => {
    runs = await createRunsFixture(database());
  });
  const write = ({ fence }: ClaimedRun, batch: Partial<RunBatch>) =>
    database().system((tx) => writeRun(tx, fence, { events: [], steps: [], ...batch }));
  const takeOver = async ({ fence, run }: ClaimedRun, by?: string) => {
    await runs.bury(fence.owner);
    await sweepRuns(runs.context, { mayTakeOver: true });
    return runs.claim(run.run_id, by);
  };
  const stored = async ({ run, fence }: ClaimedRun) => {
    const { steps } = await loadProgress(database(), fence);
    const events = await runs.events(run.run_id);
    return { events: events.map(({ id }) => id), steps: [...steps].map(([k, s]) => [k, s.state]) };
  };

  describe("writeRun", () => {
    it("stores events and steps in one commit", async () => {
      const claimed = await runs.claimed();
      await write(claimed, {
        events: [
          { ...event("1-1"), stepKey: "model/0" },
          { ...event("1-2", "usage.updated"), place: { scope: "", ordinal: 0 } },
        ],
        steps: [step("intent"), step("done", { key: "model/0", kind: "model", result: '{"a":1}' })],
      });
      expect(await stored(claimed)).toEqual({
        events: ["0-1", "1-1", "1-2"],
        steps: [
          ["model/0", "done"],
          ["model/0/tools/0", "intent"],
        ],
      });
      const progress = await loadProgress(database(), claimed.fence);
      expect(progress).toMatchObject({ lastEventId: "1-2", ordinals: new Map([["", 1]]) });
      expect(progress.steps.get("model/0")?.result).toEqual({ a: 1 });
    });

    it("stores nothing of an execution whose own worker has claimed the run again", async () => {
      const claimed = await runs.claimed();
      const again = await takeOver(claimed, claimed.fence.owner);
      expect(again.fence).toEqual({ ...claimed.fence, epoch: 2 });
      await expect(write(claimed, { events: [event("1-1")] })).rejects.toThrow(RunLost);
      await write(again, { events: [event("2-1")] });
      expect((await stored(again)).events).toEqual(["0-1", "2-1"]);
    });

    it("stores nothing of the batch of an owner whose run was taken over", async () => {
      const claimed = await runs.claimed();
      const taken = await takeOver(claimed);
      const big = JSON.stringify("x".repeat(300_000));
      const batch = { events: [event("1-1")], steps: [step("done", { result: big })] };
      await expect(write(claimed, batch)).rejects.toThrow(RunLost);
      expect(await stored(taken)).toEqual({ events: ["0-1"], steps: [] });
      const blobs = await database().system((tx) =>
        tx.query(`SELECT sha256 FROM blobs WHERE tenant_id = $1`, [runs.principal.tenantId]),
      );
      expect(blobs).toEqual([]);
    });

    it("stores nothing of an owner whose run is queued again and not yet claimed", async () => {
      const claimed = await runs.claimed();
      await runs.bury(claimed.fence.owner);
      await sweepRuns(runs.context, { mayTakeOver: true });
      await expect(write(claimed, { events: [event("1-1")] })).rejects.toThrow(RunLost);
    });

    it("leaves the neighbours of a lost run alone", async () => {
      const lost = await runs.claimed();
      const kept = await runs.claimed();
      await takeOver(lost);
      const outcomes = await Promise.allSettled(
        [lost, kept].map((claimed) => write(claimed, { events: [event("1-1")] })),
      );
      expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
      expect((await stored(kept)).events).toEqual(["0-1", "1-1"]);
    });

    it("refuses intents once the cancellation was requested, and keeps the rest of the batch", async () => {
      const claimed = await runs.claimed();
      expect(await write(claimed, { steps: [step("intent")] })).toEqual({ cancelRequested: false });
      await cancelRun(runs.context, runs.principal, claimed.run.run_id);
      const batch = {
        events: [event("1-1")],
        steps: [step("done", { result: "1" }), step("intent", { key: "model/0/tools/1" })],
      };
      expect(await write(claimed, batch)).toEqual({ cancelRequested: true });
      expect(await stored(claimed)).toEqual({
        events: ["0-1", "1-1"],
        steps: [["model/0/tools/0", "done"]],
      });
    });

    it("bears the same batch twice", async () => {
      const claimed = await runs.claimed();
      const batch = {
        events: [event("1-1"), event("1-2")],
        steps: [step("done", { result: "1" })],
      };
      await write(claimed, batch);
      await write(claimed, { ...batch, mayBeStored: true });
      expect(await stored(claimed)).toEqual({
        events: ["0-1", "1-1", "1-2"],
        steps: [["model/0/tools/0", "done"]],
      });
    });

    it("puts a result over 256 KiB into a blob, from where it comes back", async () => {
      const claimed = await runs.claimed();
      const text = "ä\u0000".repeat(700_000);
      await write(claimed, {
        steps: [
          step("done", { result: JSON.stringify({ output: text }) }),
          step("done", { key: "small", result: JSON.stringify("y".repeat(1_000)) }),
        ],
      });
      const rows = await database().system((tx) =>
        tx.query(
          `SELECT step_key, result IS NULL AS away, result_sha256 IS NULL AS here FROM run_steps ORDER BY step_key`,
        ),
      );
      expect(rows).toEqual([
        { step_key: "model/0/tools/0", away: true, here: false },
        { step_key: "small", away: false, here: true },
      ]);
      const { steps } = await loadProgress(database(), claimed.fence);
      expect(steps.get("model/0/tools/0")?.result).toEqual({ output: text });
      expect(steps.get("small")?.result).toBe("y".repeat(1_000));
    });

    it("keeps data byte for byte", async () => {
      const claimed = await runs.claimed();
      const data = '{"b":"\\u0000 \\ud800 \\"\\\\{},","a":1}';
      await write(claimed, { events: [{ id: "1-1", type: "message.delta", data }] });
      const [row] = await database().system((tx) =>
        tx.query(`SELECT data FROM run_events WHERE run_id = $1 AND epoch = 1`, [
          claimed.run.run_id,
        ]),
      );
      expect(row).toEqual({ data });
    });
  });
});
