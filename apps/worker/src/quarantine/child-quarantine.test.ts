import { createLogger } from "@llamaagent/observability";
import { type ClaimedRun, RunCancelled, type RunsContext } from "@llamaagent/runs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createRunControl } from "../run-control.ts";
import { createSlots } from "../slots.ts";
import { childQuarantine } from "./child-quarantine.ts";
import type { FromChild, ToChild } from "./messages.ts";
import type { Child } from "./start-child.ts";

/** A process that does what the test says. */
function scriptedChild() {
  const ready = Promise.withResolvers<boolean>();
  const ended = Promise.withResolvers<{ settled: boolean; how: string }>();
  const told: ToChild["kind"][] = [];
  const die = (settled: boolean, how = "SIGABRT"): void => {
    ready.resolve(false);
    ended.resolve({ settled, how });
  };
  const child: Child = {
    pid: 1,
    ready: ready.promise,
    send: ({ kind }) => void told.push(kind),
    ended: ended.promise,
    kill: () => die(false, "SIGKILL"),
  };
  return { child, told, die, say: (kind: FromChild["kind"]) => ready.resolve(kind === "ready") };
}

describe("the quarantine in processes", () => {
  let children: ReturnType<typeof scriptedChild>[];
  let strikes: number;
  let here: string[];
  let logs: string[];
  /** The run is still its worker's: the strike is stored. */
  let isOwn: boolean;
  beforeEach(() => {
    vi.useFakeTimers();
    children = [];
    strikes = 0;
    here = [];
    logs = [];
    isOwn = true;
  });
  afterEach(() => void vi.useRealTimers());

  const control = () =>
    createRunControl({
      lease: { waitUntilValid: async () => {} },
      cancelWatch: { look: async () => {} },
    });
  function start(runs: number) {
    const query = async (text: string) => {
      if (!text.includes("strikes = $5")) return [];
      strikes += 1;
      return isOwn ? [{}] : [];
    };
    const context = {
      db: { system: async (work: (tx: object) => unknown) => work({ query }) },
      hints: { add: async () => true },
      clock: { now: () => new Date(), monotonicMs: () => performance.now() },
    } as unknown as RunsContext; // a strike asks for no more
    const slots = createSlots(0);
    const quarantine = childQuarantine({
      context,
      lease: { until: 0 },
      start: () => {
        const scripted = scriptedChild();
        children.push(scripted);
        return scripted.child;
      },
      executeHere: async ({ run }, { signal, draining }) => {
        here.push(`${run.run_id} ${signal.aborted || draining.aborted}`);
      },
      workspaceRoot: "/nowhere",
      logger: createLogger({
        level: "warn",
        destination: { write: (line) => void logs.push(line) },
      }),
    });
    const controls = Array.from({ length: runs }, control);
    const done = controls.map((own, index) => {
      const claimed = {
        run: { run_id: `run-${index}` },
        fence: { tenantId: "t", runId: `run-${index}`, epoch: 3, owner: "w" },
        strikes: 2,
        secondsLeft: 600,
      } as ClaimedRun; // it is passed on as it is
      return quarantine.execute(claimed, own, slots);
    });
    return { quarantine, slots, controls, done };
  }
  const settle = () => vi.advanceTimersByTimeAsync(0);

  it("has two at once and gives the worker's slots back; the others wait", async () => {
    const { slots, done } = start(3);
    await settle();
    expect(slots.free).toBe(3);
    expect(children).toHaveLength(2);
    for (const { say } of children) say("ready");
    await settle();
    expect(children.map(({ told }) => told)).toEqual([["run"], ["run"]]);
    children[0]?.die(true);
    await settle();
    expect(children).toHaveLength(3);
    children[1]?.die(true);
    children[2]?.say("ready");
    await settle();
    children[2]?.die(true);
    await Promise.all(done);
    expect(strikes).toBe(0);
    expect(here).toEqual([]);
  });

  it("is full with twenty in line, none of which holds a slot of the worker", async () => {
    expect(start(19).quarantine.isFull).toBe(false);
    const { quarantine, slots, controls, done } = start(20);
    await settle();
    expect(slots.free).toBe(20);
    expect(quarantine.isFull).toBe(true);
    controls[19]?.drain();
    await done[19];
    expect(quarantine.isFull).toBe(false);
  });

  it("counts the death of a process that had the run, not that of one that could not start", async () => {
    const { done } = start(2);
    await settle();
    children[0]?.say("ready");
    await settle();
    children[0]?.die(false);
    children[1]?.die(false);
    await settle();
    expect(strikes).toBe(1);
    expect(here).toEqual([]);
    // Handed back, but not at once.
    await vi.advanceTimersByTimeAsync(5_000);
    expect(here).toEqual(["run-1 true"]);
    await Promise.all(done);
    expect(strikes).toBe(1);
  });

  it.each([
    { own: true, consequence: "one strike more" },
    { own: false, consequence: "no strike, the run is this worker's no more" },
  ])("says what a death has led to: $consequence", async ({ own, consequence }) => {
    isOwn = own;
    const { done } = start(1);
    await settle();
    children[0]?.say("ready");
    await settle();
    children[0]?.die(false);
    await Promise.all(done);
    expect(logs).toEqual([
      expect.stringContaining(`"msg":"the process of a run has died: ${consequence}"`),
    ]);
  });

  it("gives up a process that takes no run within 60 s", async () => {
    start(1);
    await vi.advanceTimersByTimeAsync(66_000);
    expect(here).toEqual(["run-0 true"]);
    expect(strikes).toBe(0);
  });

  it("passes on what stops the run, and the lease while it is under way", async () => {
    const { controls } = start(1);
    await settle();
    children[0]?.say("ready");
    await vi.advanceTimersByTimeAsync(1_000);
    controls[0]?.drain();
    controls[0]?.abort(new RunCancelled());
    expect(children[0]?.told).toEqual(["run", "lease", "drain", "cancel"]);
    children[0]?.die(true);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(children[0]?.told).toHaveLength(4);
  });

  it("tells a process what happened before it was ready", async () => {
    const { controls } = start(1);
    await settle();
    controls[0]?.drain();
    controls[0]?.abort(new Error("the worker shuts down"));
    children[0]?.say("ready");
    await settle();
    expect(children[0]?.told).toEqual(["run", "drain", "hand_back"]);
  });

  it("ends the process of a run that is given up, without a strike", async () => {
    const { controls, done } = start(1);
    await settle();
    children[0]?.say("ready");
    await settle();
    controls[0]?.abandon();
    await Promise.all(done);
    expect(strikes).toBe(0);
  });

  it("ends a process that does not hear that its run is cancelled", async () => {
    const { controls, done } = start(1);
    await settle();
    children[0]?.say("ready");
    await settle();
    controls[0]?.abort(new RunCancelled());
    await vi.advanceTimersByTimeAsync(9_000);
    expect(strikes).toBe(0);
    await vi.advanceTimersByTimeAsync(2_000);
    await Promise.all(done);
    expect(strikes).toBe(1);
  });

  it("ends a process whose run is long over", async () => {
    const { done } = start(1);
    await settle();
    children[0]?.say("ready");
    await vi.advanceTimersByTimeAsync(629_000);
    expect(strikes).toBe(0);
    await vi.advanceTimersByTimeAsync(2_000);
    await Promise.all(done);
    expect(strikes).toBe(1);
  });

  it("begins nothing of a run that was stopped while it waited", async () => {
    const { controls, done } = start(3);
    await settle();
    controls[2]?.drain();
    await done[2];
    expect(children).toHaveLength(2);
    expect(here).toEqual(["run-2 true"]);
  });
});
