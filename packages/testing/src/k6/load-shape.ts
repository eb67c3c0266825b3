import { assertNever } from "@llamaagent/core";
import type { Scenario, Stages } from "./script-options.ts";

type Of<E extends Scenario["executor"]> = Extract<Scenario, { executor: E }>;
export type VuScenario = Of<"constant-vus"> | Of<"ramping-vus">;
export type RateScenario = Of<"constant-arrival-rate"> | Of<"ramping-arrival-rate">;

/** From the scenario's start to the end of its load, in milliseconds. */
export function loadMs(scenario: Scenario): number {
  return "stages" in scenario
    ? scenario.stages.reduce((total, { duration }) => total + duration, 0)
    : scenario.duration;
}

/** How many VUs are to be at work so many milliseconds after the start. */
export function vusAt(scenario: VuScenario, ms: number): number {
  switch (scenario.executor) {
    case "constant-vus":
      return scenario.vus;
    case "ramping-vus":
      return Math.round(levelAt(scenario, scenario.startVUs, ms));
    default:
      return assertNever(scenario);
  }
}

export function mostVus(scenario: VuScenario): number {
  return scenario.executor === "constant-vus"
    ? scenario.vus
    : Math.max(scenario.startVUs, ...scenario.stages.map(({ target }) => target));
}

/** How many iterations are to have begun so many milliseconds after the start: the rate's integral. */
export function iterationsDue(scenario: RateScenario, ms: number): number {
  switch (scenario.executor) {
    case "constant-arrival-rate":
      return (scenario.rate * Math.min(ms, scenario.duration)) / scenario.timeUnit;
    case "ramping-arrival-rate":
      return areaUntil(scenario, scenario.startRate, ms) / scenario.timeUnit;
    default:
      return assertNever(scenario);
  }
}

/** Linear from one stage's target to the next. */
function levelAt({ stages }: { stages: Stages }, from: number, ms: number): number {
  let level = from;
  let left = ms;
  for (const { duration, target } of stages) {
    if (left < duration) return level + ((target - level) * left) / duration;
    left -= duration;
    level = target;
  }
  return level;
}

function areaUntil({ stages }: { stages: Stages }, from: number, ms: number): number {
  let area = 0;
  let level = from;
  let left = ms;
  for (const { duration, target } of stages) {
    const spent = Math.min(left, duration);
    const reached = duration === 0 ? target : level + ((target - level) * spent) / duration;
    area += ((level + reached) / 2) * spent;
    left -= spent;
    level = target;
  }
  return area;
}
