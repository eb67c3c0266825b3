import { isTerminalEvent } from "@llamaagent/client";
import { endsStep } from "@llamaagent/core";
import { waitingFaults } from "../../durability/settlements.ts";
import { messageFaults, orderFaults } from "../../durability/stream-faults.ts";
import { repeatedUnsafeCalls } from "../../durability/unsafe-calls.ts";
import { turnText } from "../../fake-openai-turn.ts";
import { parsePlan, turnOf, unsafeEffects } from "../plan/run-plan.ts";
import type { Facts, StoredRun } from "./facts.ts";

/** What of the promises that hold in every experiment was broken; each text names its run. */
export function promiseFaults(facts: Facts): string[] {
  const ids = new Set(facts.runs.map(({ id }) => id));
  const lost = facts.acknowledged.filter((id) => !ids.has(id));
  return [
    ...lost.map((id) => `${id} was acknowledged and is not stored`),
    ...repeatedSteps(facts),
    ...repeatedUnsafeCalls(facts.effects, facts.settlements),
    ...effectFaults(facts),
    ...waitingFaults(facts.settlements),
    ...facts.runs.flatMap((run) =>
      [...endFaults(run), ...fenceFaults(run)].map(
        (fault) => `${run.plan.label} (${run.id}): ${fault}`,
      ),
    ),
  ];
}

/** The log in its order was committed in its order: no former owner wrote after its successor began. */
function fenceFaults({ log }: StoredRun): string[] {
  const late = log.findIndex(
    ({ committedAt }, at) => committedAt < (log[at - 1]?.committedAt ?? committedAt),
  );
  return late === -1 ? [] : [`${log[late - 1]?.event.id} was stored after ${log[late]?.event.id}`];
}

function endFaults(run: StoredRun): string[] {
  const { state, stopReason, log } = run;
  const events = log.map(({ event }) => event);
  const ends = events.filter(isTerminalEvent).length;
  const last = events.at(-1);
  return [
    ...(state === "ended" ? [] : [`is ${state}, not ended`]),
    // That an open run has no end is said already.
    ...((state !== "ended" && ends === 0) || (ends === 1 && last && isTerminalEvent(last))
      ? []
      : [`has ${ends} ends`]),
    ...(stopReason === "completed" && last?.type !== "run.completed"
      ? [`is completed and its last event is ${last?.type}`]
      : []),
    ...answerFaults(run),
    ...orderFaults(events),
    ...messageFaults(events),
  ];
}

/** Each answer is what the model said to this run in that turn; a completed run has all, and the last as its output. */
function answerFaults({ plan, log, stopReason, output }: StoredRun): string[] {
  const said = new Map(plan.turns.map((_turn, n) => [`model/${n}`, turnText(turnOf(plan, n))]));
  const answers = log.flatMap(({ event, stepKey }) =>
    event.type === "message.completed"
      ? [{ stepKey: stepKey ?? "", content: event.data.content }]
      : [],
  );
  const wrong = answers.filter(({ stepKey, content }) => content !== said.get(stepKey));
  const faults = wrong.map(({ stepKey, content }) => `its answer ${stepKey} is "${content}"`);
  if (stopReason !== "completed") return faults;
  const there = new Set(answers.map(({ stepKey }) => stepKey)).size;
  if (there !== said.size)
    faults.push(`is completed and its log has ${there} of ${said.size} answers`);
  if (output !== [...said.values()].at(-1))
    faults.push(`is completed and its output is "${output}"`);
  return faults;
}

/** Model calls and tool calls that began after their step's end was committed for the first time. */
function repeatedSteps({ runs, modelCalls, effects }: Facts): string[] {
  const begun = new Map<string, number>();
  const note = (key: string, at: number): unknown =>
    begun.set(key, Math.max(begun.get(key) ?? 0, at));
  const idByLabel = new Map(runs.map(({ id, plan }) => [plan.label, id]));
  for (const { userText, turn, at } of modelCalls)
    note(`${idByLabel.get(parsePlan(userText).label)}:model/${turn}`, at);
  for (const { key, phase, at } of effects) if (phase === "begun") note(key, at);
  return runs.flatMap((run) =>
    [...finishedSteps(run)].flatMap(([key, finishedAt]) => {
      const lateMs = (begun.get(`${run.id}:${key}`) ?? 0) - finishedAt;
      return lateMs > 0
        ? [`${run.id}: ${key} was begun again ${Math.round(lateMs)} ms after it was stored as done`]
        : [];
    }),
  );
}

/** When each step was finished: an event that ends one and the step's result are one commit. */
function finishedSteps({ log }: StoredRun): Map<string, number> {
  const finished = new Map<string, number>();
  for (const { event, stepKey, committedAt } of log)
    if (stepKey !== null && endsStep(event.type))
      finished.set(stepKey, Math.min(finished.get(stepKey) ?? Infinity, committedAt));
  return finished;
}

function effectFaults({ runs, effects }: Facts): string[] {
  const times = new Map<string, number>();
  for (const { label, phase } of effects)
    if (phase === "done") times.set(label, (times.get(label) ?? 0) + 1);
  return runs.flatMap(({ id, plan, stopReason }) =>
    unsafeEffects(plan).flatMap((label) => {
      const count = times.get(label) ?? 0;
      if (count > 1) return [`${id}: the unsafe effect ${label} took place ${count} times`];
      if (count === 0 && stopReason === "completed")
        return [`${id} is completed without its effect ${label}`];
      return [];
    }),
  );
}
