import type { RunEvent } from "@llamaagent/client";
import { expect, it } from "vitest";
import type { EffectLine } from "../../durability/effect-server.ts";
import { fiveSteps } from "../plan/five-steps.ts";
import type { Facts, StoredRun } from "./facts.ts";
import { promiseFaults } from "./promise-faults.ts";

const plan = fiveSteps({ label: "run 1", effects: "http://127.0.0.1:1" });
const events = [
  ["0-1", "run.queued"],
  ["1-1", "run.started"],
  ["1-2", "run.completed"],
].map(([id, type]) => ({ id, type, data: {} }) as RunEvent); // the checks read no more of them
const run: StoredRun = {
  id: "r",
  plan,
  state: "ended",
  stopReason: "completed",
  events,
  eventsCommittedAt: [100, 200, 300],
};
const effect = (key: string, phase: EffectLine["phase"], at: number): EffectLine => ({
  tool: "write_once",
  label: "run 1/effect",
  key,
  pid: 7,
  phase,
  at,
});
const WRITE = "r:model/1/tools/0";
const facts: Facts = {
  acknowledged: ["r"],
  runs: [run],
  steps: [{ runId: "r", key: "model/1/tools/0", state: "done", committedAt: 250 }],
  modelCalls: [
    {
      number: 1,
      at: 190,
      userText: JSON.stringify(plan),
      turn: 0,
      stream: true,
      state: "answered",
    },
  ],
  effects: [effect(WRITE, "begun", 240), effect(WRITE, "done", 245)],
};
const withRun = (change: Partial<StoredRun>): Facts => ({
  ...facts,
  runs: [{ ...run, ...change }],
});

it("finds nothing where every promise was kept", () => {
  expect(promiseFaults(facts)).toEqual([]);
});

it("allows what was repeated before it was stored, and finishes after", () => {
  const effects = [...facts.effects, effect(WRITE, "begun", 249)];
  expect(promiseFaults({ ...facts, effects })).toEqual([]);
});

it.each<[string, Facts, RegExp]>([
  ["an acknowledged run that is lost", { ...facts, runs: [] }, /^r was acknowledged and is not/],
  [
    "a run without an end",
    withRun({ state: "running", stopReason: null }),
    /is running, not ended/,
  ],
  [
    "a run with two ends",
    withRun({
      events: [...events, { id: "1-3", type: "run.failed", data: {} } as RunEvent],
      eventsCommittedAt: [100, 200, 300, 300],
      stopReason: "error",
    }),
    /has 2 ends/,
  ],
  ["a gap in the log", withRun({ events: events.toSpliced(1, 1) }), /event 1-2 .* follows 0-1/],
  [
    "an end after another's",
    withRun({ eventsCommittedAt: [100, 300, 200] }),
    /1-1 was stored after 1-2/,
  ],
  [
    "a finished tool call begun again",
    { ...facts, effects: [...facts.effects, effect(WRITE, "begun", 260)] },
    /model\/1\/tools\/0 was begun again 10 ms after it was stored as done/,
  ],
  [
    "a finished model call begun again",
    { ...facts, steps: [{ runId: "r", key: "model/0", state: "done", committedAt: 150 }] },
    /model\/0 was begun again 40 ms/,
  ],
  [
    "an unsafe effect that took place twice",
    { ...facts, effects: [...facts.effects, effect("another key", "done", 246)] },
    /the unsafe effect run 1\/effect took place 2 times/,
  ],
  ["an effect that is missing", { ...facts, effects: [] }, /completed without its effect/],
])("finds %s", (_, broken, fault) => {
  const found = promiseFaults(broken);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(fault);
});
