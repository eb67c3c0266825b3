import { loadMs } from "./load-shape.ts";
import type { Scenario, ScriptOptions } from "./script-options.ts";

/**
 * The same load in so many seconds: what lasts is shortened by one factor, how many VUs and iterations a
 * second there are stays, and so does the time that the last iterations are given.
 */
export function compressLoad(options: ScriptOptions, seconds: number): ScriptOptions {
  const ends = Object.values(options.scenarios).map(
    (scenario) => scenario.startTime + loadMs(scenario),
  );
  const factor = (seconds * 1000) / Math.max(...ends);
  return {
    scenarios: Object.fromEntries(
      Object.entries(options.scenarios).map(([name, given]) => [name, shortened(given, factor)]),
    ),
    thresholds: Object.fromEntries(
      Object.entries(options.thresholds).map(([metric, list]) => [
        metric,
        list.map((each) => ({ ...each, delayAbortEval: each.delayAbortEval * factor })),
      ]),
    ),
  };
}

function shortened(scenario: Scenario, factor: number): Scenario {
  const startTime = scenario.startTime * factor;
  return "stages" in scenario
    ? {
        ...scenario,
        startTime,
        stages: scenario.stages.map(({ duration, target }) => ({
          duration: duration * factor,
          target,
        })),
      }
    : { ...scenario, startTime, duration: scenario.duration * factor };
}
