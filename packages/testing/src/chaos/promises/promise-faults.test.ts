import type { RunEvent } from "@llamaagent/client";
import { expect, it } from "vitest";
import type { EffectLine } from "../../durability/effect-server.ts";
import { fiveSteps } from "../plan/five-steps.ts";
import type { RunPlan } from "../plan/run-plan.ts";
import type { Facts, LoggedEvent, StoredRun } from "./facts.ts";
import { promiseFaults } from "./promise-faults.ts";

const { label, turns } = fiveSteps({ label: "run 1", effects: "http://127.0.0.1:1" });
// Without texts, a log needs no deltas.
const plan: RunPlan = { label, turns: turns.map((turn) => ({ ...turn, text: "" })) };
const READ = "model/0/tools/0";
const WRITE = "model/1/tools/0";
const UNKNOWN = "effect_unknown";

const logged = (
  id: string,
  event: { type: RunEvent["type"]; data?: object; step?: string },
  committedAt: number,
): LoggedEvent => ({
  event: { id, type: event.type, data: event.data ?? {} } as RunEvent, // the checks read no more of it
  stepKey: event.step ?? null,
  committedAt,
});
const answer = (step: string) => {
  const data = { message_id: step, role: "assistant", content: "", tool_calls: [] };
  return { type: "message.completed", data, step } as const;
};
const toolEnd = (step: string) => {
  const data = { tool_call_id: step, name: "a tool", output: null };
  return { type: "tool_call.completed", data, step } as const;
};
const log = [
  logged("0-1", { type: "run.queued" }, 100),
  logged("1-1", { type: "run.started" }, 200),
  logged("1-2", answer("model/0"), 210),
  logged("1-3", toolEnd(READ), 220),
  logged("1-4", answer("model/1"), 230),
  logged("1-5", toolEnd(WRITE), 250),
  logged("1-6", answer("model/2"), 300),
  logged("1-7", { type: "run.completed" }, 300),
];
const run: StoredRun = {
  id: "r",
  plan,
  state: "ended",
  stopReason: "completed",
  output: "",
  log,
};
const effect = (phase: EffectLine["phase"], at: number, key = WRITE): EffectLine => ({
  tool: key === READ ? "read_slowly" : "write_once",
  label: key === READ ? "run 1/read" : "run 1/effect",
  key: `r:${key}`,
  pid: 7,
  phase,
  at,
});
const modelCall = (turn: number, at: number): Facts["modelCalls"][number] => ({
  number: 1,
  at,
  userText: JSON.stringify(plan),
  turn,
  stream: true,
  state: "answered",
});
const facts: Facts = {
  acknowledged: ["r"],
  runs: [run],
  modelCalls: [modelCall(0, 205), modelCall(1, 225), modelCall(2, 255)],
  effects: [effect("begun", 212, READ), effect("begun", 240), effect("done", 245)],
  settlements: [],
};
const withRun = (change: Partial<StoredRun>, more: Partial<Facts> = {}): Facts => ({
  ...facts,
  ...more,
  runs: [{ ...run, ...change }],
});
const withEffect = (line: EffectLine): Facts => ({ ...facts, effects: [...facts.effects, line] });

/** The read is done once more in a second epoch, and its end is stored once more. */
const storedAgain = [
  ...log.slice(0, 6),
  logged("2-1", { type: "run.resumed", data: { after: "1-5", restarted: [] } }, 280),
  logged("2-2", toolEnd(READ), 290),
  logged("2-3", answer("model/2"), 300),
  logged("2-4", { type: "run.completed" }, 300),
];

it("finds nothing where every promise was kept", () => {
  expect(promiseFaults(facts)).toEqual([]);
});

it("allows what was repeated before it was stored", () => {
  expect(promiseFaults(withEffect(effect("begun", 219, READ)))).toEqual([]);
});

it("allows an unsafe call again that a person said had not happened", () => {
  const settlements = [{ key: `r:${WRITE}`, outcome: "not_done" as const, waitedFor: UNKNOWN }];
  expect(promiseFaults({ ...withEffect(effect("begun", 235)), settlements })).toEqual([]);
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
      log: [...log, logged("1-8", { type: "run.failed" }, 300)],
      stopReason: "error",
    }),
    /has 2 ends/,
  ],
  ["a gap in the log", withRun({ log: log.toSpliced(1, 1) }), /event 1-2 .* follows 0-1/],
  [
    "an end after another's",
    withRun({ log: log.with(1, logged("1-1", { type: "run.started" }, 211)) }),
    /1-1 was stored after 1-2/,
  ],
  [
    "a completed run without one of its answers",
    withRun({ log: log.with(6, logged("1-6", { type: "usage.updated" }, 300)) }),
    /its log has 2 of 3 answers/,
  ],
  [
    "an answer that is not the run's own",
    withRun({ plan: { label, turns: plan.turns.with(1, { ...plan.turns[1], text: "Mine." }) } }),
    /its answer model\/1 is ""/,
  ],
  [
    "an output that is not the last answer",
    withRun({ output: "Another's." }),
    /its output is "Another's."/,
  ],
  [
    "a finished tool call begun again",
    withEffect(effect("begun", 230, READ)),
    /model\/0\/tools\/0 was begun again 10 ms after it was stored as done/,
  ],
  [
    "a finished tool call that was done and stored again",
    withRun({ log: storedAgain }, { effects: [...facts.effects, effect("begun", 285, READ)] }),
    /model\/0\/tools\/0 was begun again 65 ms/,
  ],
  [
    "a finished model call begun again",
    { ...facts, modelCalls: [...facts.modelCalls, modelCall(0, 250)] },
    /model\/0 was begun again 40 ms/,
  ],
  [
    "an unsafe effect that took place twice",
    withEffect(effect("done", 246, "another")),
    /the unsafe effect run 1\/effect took place 2 times/,
  ],
  [
    "an unsafe call begun again before its effect, unasked",
    withEffect(effect("begun", 239)),
    /the unsafe call r:model\/1\/tools\/0 began 2 times, 0 of them asked for/,
  ],
  [
    "an unsafe call begun more often than a person asked",
    {
      ...facts,
      effects: [effect("begun", 231), effect("begun", 235), ...facts.effects],
      settlements: [{ key: `r:${WRITE}`, outcome: "not_done", waitedFor: UNKNOWN }],
    },
    /began 3 times, 1 of them asked for/,
  ],
  [
    "a run that is open, once",
    withRun({ state: "running", stopReason: null, log: log.slice(0, -1) }),
    /is running, not ended/,
  ],
  [
    "a run that waited and did not say for what",
    { ...facts, settlements: [{ key: `r:${WRITE}`, outcome: "done", waitedFor: undefined }] },
    /the outcome of r:model\/1\/tools\/0 was unknown, and its run's stop reason undefined/,
  ],
  ["an effect that is missing", { ...facts, effects: [] }, /completed without its effect/],
])("finds %s", (_, broken, fault) => {
  const found = promiseFaults(broken);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(fault);
});
