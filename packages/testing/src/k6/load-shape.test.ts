import { expect, it } from "vitest";
import { iterationsDue, loadMs, mostVus, vusAt } from "./load-shape.ts";
import { ScriptOptions } from "./script-options.ts";

/** Of scenarios as a script has them. */
function scenario<E extends string>(given: { executor: E } & Record<string, unknown>) {
  const { load } = ScriptOptions.parse({ scenarios: { load: given } }).scenarios;
  return load as Extract<typeof load, { executor: E }>; // as given
}
const up = { duration: "10s", target: 10 };
const hold = { duration: "20s", target: 10 };
const down = { duration: "10s", target: 0 };

it("keeps constant VUs", () => {
  const load = scenario({ executor: "constant-vus", vus: 3, duration: "5s" });
  expect([vusAt(load, 0), vusAt(load, 4999)]).toEqual([3, 3]);
  expect([mostVus(load), loadMs(load)]).toEqual([3, 5000]);
});

it("ramps VUs from stage to stage", () => {
  const load = scenario({ executor: "ramping-vus", startVUs: 2, stages: [up, hold, down] });
  const at = [0, 5000, 10_000, 29_999, 35_000, 39_999, 50_000];
  expect(at.map((ms) => vusAt(load, ms))).toEqual([2, 6, 10, 10, 5, 0, 0]);
  expect([mostVus(load), loadMs(load)]).toEqual([10, 40_000]);
});

it("leaps where a stage takes no time, and knows the most VUs also where they begin", () => {
  const stages = [down, { duration: "0s", target: 8 }, down];
  const load = scenario({ executor: "ramping-vus", startVUs: 12, stages });
  expect([9_999, 10_000, 15_000].map((ms) => vusAt(load, ms))).toEqual([0, 8, 4]);
  expect(mostVus(load)).toBe(12);
});

it("has iterations due at a constant rate, until the load ends", () => {
  const given = { rate: 30, timeUnit: "1m", duration: "20s", preAllocatedVUs: 1 };
  const load = scenario({ executor: "constant-arrival-rate", ...given });
  expect([0, 10_000, 20_000, 30_000].map((ms) => iterationsDue(load, ms))).toEqual([0, 5, 10, 10]);
});

it("has as many due as the area below the ramps", () => {
  const stages = [{ duration: "10s", target: 4 }, { duration: "0s", target: 20 }, hold];
  const load = scenario({
    executor: "ramping-arrival-rate",
    startRate: 2,
    stages,
    preAllocatedVUs: 1,
  });
  // 10 s from 2 to 4 a second; a leap to 20; 20 s down to 10.
  expect(iterationsDue(load, 5000)).toBe(12.5);
  expect(iterationsDue(load, 10_000)).toBe(30);
  expect(iterationsDue(load, 20_000)).toBe(30 + 175);
  expect(iterationsDue(load, 99_000)).toBe(30 + 300);
});
