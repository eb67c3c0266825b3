import { isTerminalEvent } from "@llamaagent/client";
import { messageFaults, orderFaults } from "../../durability/stream-faults.ts";
import { parsePlan, unsafeEffects } from "../plan/run-plan.ts";
import type { Facts, StoredRun } from "./facts.ts";

/** What of the promises that hold in every experiment was broken; each text names its run. */
export function promiseFaults(facts: Facts): string[] {
  const ids = new Set(facts.runs.map(({ id }) => id));
  const lost = facts.acknowledged.filter((id) => !ids.has(id));
  return [
    ...lost.map((id) => `${id} was acknowledged and is not stored`),
    ...facts.runs.flatMap((run) =>
      [...endFaults(run), ...fenceFaults(run)].map(
        (fault) => `${run.plan.label} (${run.id}): ${fault}`,
      ),
    ),
    ...repeatedSteps(facts),
    ...effectFaults(facts),
  ];
}

/** The log in its order was committed in its order: no former owner wrote after its successor began. */
function fenceFaults({ events, eventsCommittedAt }: StoredRun): string[] {
  const late = events.findIndex(
    (_, at) => (eventsCommittedAt[at] ?? 0) < (eventsCommittedAt[at - 1] ?? 0),
  );
  return late === -1 ? [] : [`${events[late - 1]?.id} was stored after ${events[late]?.id}`];
}

function endFaults({ state, stopReason, events }: StoredRun): string[] {
  const ends = events.filter(isTerminalEvent).length;
  const last = events.at(-1);
  return [
    ...(state === "ended" ? [] : [`is ${state}, not ended`]),
    ...(ends === 1 && last && isTerminalEvent(last) ? [] : [`has ${ends} ends`]),
    ...(stopReason === "completed" && last?.type !== "run.completed"
      ? [`is completed and its last event is ${last?.type}`]
      : []),
    ...orderFaults(events),
    ...messageFaults(events),
  ];
}

/** Model calls and tool calls that began after their step's result was committed. */
function repeatedSteps({ runs, steps, modelCalls, effects }: Facts): string[] {
  const begun = new Map<string, number>();
  const note = (key: string, at: number): unknown =>
    begun.set(key, Math.max(begun.get(key) ?? 0, at));
  const idByLabel = new Map(runs.map(({ id, plan }) => [plan.label, id]));
  for (const { userText, turn, at } of modelCalls)
    note(`${idByLabel.get(parsePlan(userText).label)}:model/${turn}`, at);
  for (const { key, phase, at } of effects) if (phase === "begun") note(key, at);
  return steps.flatMap(({ runId, key, state, committedAt }) => {
    const lateMs = (begun.get(`${runId}:${key}`) ?? 0) - committedAt;
    return state === "done" && lateMs > 0
      ? [`${runId}: ${key} was begun again ${Math.round(lateMs)} ms after it was stored as done`]
      : [];
  });
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
