import { type AgentEvent, AppError, type Clock, systemClock } from "@llamaagent/core";
import type { Database } from "@llamaagent/db";
import { migratedPostgres } from "@llamaagent/testing/each-database";
import { createRunsFixture, type RunsFixture } from "@llamaagent/testing/runs-fixture";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, vi } from "vitest";
import { cancelRun } from "../cancel-run.ts";
import type { ClaimedRun } from "../claim-run.ts";
import type { RunEnd } from "../ends/run-end.ts";
import { createRunRecorder, type RunRecorder } from "./run-recorder.ts";
import { RunCancelled } from "./run-cancelled.ts";
import { loadProgress, noProgress } from "./stored-progress.ts";
import { sweepRuns } from "../workers/sweep.ts";
import { createTailWriter, type TailWriter } from "./tail-writer.ts";
import { createRunWriter } from "./run-writer.ts";
import { type RecordedStep, RunLost } from "./write-run.ts";

const completed: RunEnd = {
  reason: "completed",
  output: "x",
  messages: [],
  usage: { input_tokens: 1, output_tokens: 1 },
};
const delta = (text = "x"): AgentEvent => ({
  type: "message.delta",
  data: { message_id: "m", text },
  step: "model/0",
});
const usage: AgentEvent = { type: "usage.updated", data: { input_tokens: 1, output_tokens: 1 } };
const tool = (state: RecordedStep["state"], effect: RecordedStep["effect"] = "unsafe") => ({
  key: "model/0/tools/0",
  kind: "tool" as const,
  name: "send",
  effect,
  state,
  inputHash: "h",
  startedAt: new Date(0),
  ...(state === "done" ? { result: "1", endedAt: new Date(0) } : {}),
});
const toolEnd: AgentEvent = {
  type: "tool_call.completed",
  data: { tool_call_id: "c", name: "send", output: 1 },
  step: "model/0/tools/0",
};

describe.runIf(inject("databaseUrl"))("a recorder", () => {
  let postgres: Awaited<ReturnType<typeof migratedPostgres>>;
  let runs: RunsFixture;
  let claimed: ClaimedRun;
  let recorder: RunRecorder;
  let tailWriter: TailWriter;
  let abandonment: AbortController;
  let commits = 0;
  /** Thrown instead of the next transactions. */
  let failures: Error[] = [];
  const lost: RunLost[] = [];
  beforeAll(async () => {
    postgres = await migratedPostgres();
  });
  afterAll(() => postgres.drop());
  beforeEach(async () => {
    runs = await createRunsFixture(postgres.database);
    claimed = await runs.claimed();
    [commits, failures, lost.length] = [0, [], 0];
    record(claimed);
  });

  function record(one: ClaimedRun, progress = noProgress, clock: Clock = systemClock): void {
    const db: Database = {
      ...postgres.database,
      async system(work) {
        commits += 1;
        const failure = failures.shift();
        if (failure) throw failure;
        return postgres.database.system(work);
      },
    };
    tailWriter = createTailWriter(runs.context.tail, clock, () => true);
    abandonment = new AbortController();
    recorder = createRunRecorder({
      db,
      writer: createRunWriter(db),
      claimed: one,
      progress,
      tailWriter,
      clock,
      onLost: (error) => lost.push(error),
      abandoned: abandonment.signal,
    });
  }
  const stored = async () =>
    (await runs.events(claimed.fence.runId)).map(({ id, type }) => `${id} ${type}`);
  const becomes = (ids: string[]) =>
    vi.waitFor(async () => expect(await stored()).toEqual(["0-1 run.queued", ...ids]), 4_000);
  const stepStates = async () =>
    [...(await loadProgress(postgres.database, claimed.fence)).steps.values()].map(
      ({ state }) => state,
    );
  const takeOver = async () => {
    await runs.bury(claimed.fence.owner);
    await sweepRuns(runs.context, { mayTakeOver: true });
    return runs.claim(claimed.fence.runId);
  };

  it("commits once where the end comes before the background", async () => {
    recorder.lifecycle("run.started", {});
    recorder.emit(delta());
    recorder.complete({ ...tool("done", "none"), key: "model/0" }, { hasEvents: true });
    recorder.emit({
      type: "message.completed",
      data: { message_id: "m", role: "assistant", content: "x", tool_calls: [] },
      step: "model/0",
    });
    recorder.emit(usage);
    await recorder.end(completed);
    expect(commits).toBe(1);
    expect(await stored()).toEqual([
      "0-1 run.queued",
      "1-1 run.started",
      "1-2 message.delta",
      "1-3 message.completed",
      "1-4 usage.updated",
      "1-5 run.completed",
    ]);
  });

  it("keeps a step's result until the event that ends it, and stores both together", async () => {
    await recorder.begin(tool("intent"));
    recorder.complete(tool("done"), { hasEvents: true });
    recorder.emit(usage);
    await becomes(["1-1 usage.updated"]);
    expect(await stepStates()).toEqual(["intent"]);
    recorder.emit(toolEnd);
    await becomes(["1-1 usage.updated", "1-2 tool_call.completed"]);
    expect(await stepStates()).toEqual(["done"]);
  });

  it("stores the result of a step without events in the background", async () => {
    recorder.complete(tool("done", "none"), { hasEvents: false });
    await vi.waitFor(async () => expect(await stepStates()).toEqual(["done"]), 4_000);
  });

  it("stores all that is buffered with the next intent", async () => {
    recorder.emit(delta("a"));
    recorder.emit(delta("b"));
    expect(await recorder.begin(tool("intent"))).toBe(false);
    expect(await stored()).toEqual(["0-1 run.queued", "1-1 message.delta", "1-2 message.delta"]);
  });

  it("stores a long step's events at 1,000, long before the step ends", async () => {
    for (let n = 0; n < 1_000; n++) recorder.emit(delta());
    await vi.waitFor(async () => expect(await stored()).toHaveLength(1_001), 3_000);
    expect(commits).toBe(1);
  });

  it("stores a long step's events after 5 s", { timeout: 15_000 }, async () => {
    recorder.emit(delta());
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await stored()).toHaveLength(1);
    await vi.waitFor(async () => expect(await stored()).toHaveLength(2), 8_000);
  });

  it("sends to the tail at once, but the last event only when it is stored", async () => {
    recorder.emit(delta());
    await tailWriter.flush();
    expect(runs.published.map(({ id }) => id)).toEqual(["1-1"]);
    failures = [new AppError("service_unavailable")];
    const ending = recorder.end(completed);
    await tailWriter.flush();
    expect(runs.published.map(({ id }) => id)).toEqual(["1-1"]);
    await ending;
    await tailWriter.flush();
    expect(runs.published.map(({ id }) => id)).toEqual(["1-1", "1-2"]);
  });

  it("says once that the run is lost, and stores nothing more", async () => {
    recorder.emit(delta());
    await takeOver();
    await expect(recorder.begin(tool("intent"))).rejects.toThrow(RunLost);
    expect(lost).toHaveLength(1);
    await expect(recorder.end(completed)).rejects.toThrow(RunLost);
    expect(await stored()).toEqual(["0-1 run.queued"]);
  });

  it("tells of a cancellation with the intent that it refuses", async () => {
    await cancelRun(runs.context, runs.principal, claimed.fence.runId);
    expect(await recorder.begin(tool("intent"))).toBe(true);
    expect(await stepStates()).toEqual([]);
  });

  it("tries again while Postgres is away, and stores everything once", async () => {
    recorder.emit(delta());
    failures = [new AppError("service_unavailable"), new AppError("service_unavailable")];
    await recorder.end(completed);
    expect(await stored()).toEqual(["0-1 run.queued", "1-1 message.delta", "1-2 run.completed"]);
    expect(commits).toBe(3);
  });

  it("gives up when it is abandoned", async () => {
    failures = Array.from({ length: 99 }, () => new AppError("service_unavailable"));
    const ending = recorder.end(completed);
    abandonment.abort();
    await expect(ending).rejects.toMatchObject({ code: "service_unavailable" });
  });

  it("takes an end back that could not be stored: another may follow, and only that", async () => {
    failures = [new Error("cannot be stored")];
    await expect(recorder.end(completed)).rejects.toThrow("cannot be stored");
    await recorder.end({ reason: "cancelled", usage: { input_tokens: 0, output_tokens: 0 } });
    expect(await stored()).toEqual(["0-1 run.queued", "1-1 run.cancelled"]);
  });

  it("pauses only a run that is not cancelled", async () => {
    await recorder.begin(tool("intent"));
    await cancelRun(runs.context, runs.principal, claimed.fence.runId);
    await expect(recorder.pause("effect_unknown", ["model/0/tools/0"])).rejects.toThrow(
      RunCancelled,
    );
    await recorder.end({ reason: "cancelled", usage: { input_tokens: 0, output_tokens: 0 } });
    expect(await stored()).toEqual(["0-1 run.queued", "1-1 run.cancelled"]);
  });

  it("drops in a replay what is stored, and goes on counting", async () => {
    recorder.lifecycle("run.started", {});
    recorder.emit(usage);
    recorder.emit({ ...usage, scope: "branch" });
    await recorder.begin(tool("intent"));
    recorder.complete(tool("done"), { hasEvents: true });
    recorder.emit(toolEnd);
    const first = [
      "1-1 run.started",
      "1-2 usage.updated",
      "1-3 usage.updated",
      "1-4 tool_call.completed",
    ];
    await becomes(first);
    const again = await takeOver();
    record(again, await loadProgress(postgres.database, again.fence));
    recorder.lifecycle("run.resumed", {});
    recorder.emit(usage);
    recorder.emit(toolEnd);
    recorder.emit(usage);
    recorder.emit({ ...usage, scope: "branch" });
    await recorder.end(completed);
    expect(await stored()).toEqual([
      "0-1 run.queued",
      ...first,
      "2-1 run.resumed",
      "2-2 usage.updated",
      "2-3 run.completed",
    ]);
  });

  it("stores the end of a step within its time, though others go on", async () => {
    recorder.complete(tool("done", "none"), { hasEvents: false });
    recorder.emit(delta());
    await vi.waitFor(async () => expect(await stepStates()).toEqual(["done"]), 3_000);
  });

  it.each([
    { isLive: true, ms: 5_000 },
    { isLive: false, ms: 1_000 },
  ])("stores what a long step brings after $ms ms, live tail: $isLive", async ({ isLive, ms }) => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    vi.spyOn(tailWriter, "isLive").mockReturnValue(isLive);
    try {
      recorder.emit(delta());
      await vi.advanceTimersByTimeAsync(ms - 1);
      await new Promise(setImmediate);
      expect(commits).toBe(0);
      await vi.advanceTimersByTimeAsync(1);
      await new Promise(setImmediate);
      expect(commits).toBe(1);
    } finally {
      vi.useRealTimers();
    }
    await becomes(["1-1 message.delta"]);
  });

  it("stores the end of an unsafe step at once", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      recorder.complete(tool("done", "unsafe"), { hasEvents: false });
      await vi.advanceTimersByTimeAsync(0);
      await new Promise(setImmediate);
      expect(commits).toBe(1);
    } finally {
      vi.useRealTimers();
    }
    await vi.waitFor(async () => expect(await stepStates()).toEqual(["done"]), 3_000);
  });
});
