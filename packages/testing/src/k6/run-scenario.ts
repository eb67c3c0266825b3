import { setTimeout as sleep } from "node:timers/promises";
import { runArrivals } from "./run-arrivals.ts";
import { runVus } from "./run-vus.ts";
import type { ScenarioSurroundings } from "./scenario-load.ts";
import type { Scenario } from "./script-options.ts";

/** Fine enough beside requests of milliseconds. */
const STEP_MS = 10;

/** Starts the VUs that the scenario begins with; the load itself runs when what is returned is called. */
export async function prepareScenario(
  scenario: Scenario,
  surroundings: ScenarioSurroundings,
): Promise<(loadMs: number) => Promise<void>> {
  const load =
    scenario.executor === "constant-vus" || scenario.executor === "ramping-vus"
      ? await runVus(scenario, surroundings)
      : await runArrivals(scenario, surroundings);
  const { stop } = surroundings;
  return async (loadMs) => {
    const startedAt = performance.now();
    const elapsed = (): number => performance.now() - startedAt;
    while (elapsed() < loadMs && !stop.aborted) {
      load.step(elapsed());
      await sleep(STEP_MS);
    }
    const grace = AbortSignal.any([stop, AbortSignal.timeout(scenario.gracefulStop)]);
    const patience = new Promise((resolve) => {
      if (grace.aborted) resolve(undefined);
      grace.addEventListener("abort", resolve, { once: true });
    });
    await Promise.race([load.settled(), patience]);
    await load.interrupt();
  };
}
