import { expect, it } from "vitest";
import { compressLoad } from "./compress-load.ts";
import { ScriptOptions } from "./script-options.ts";

it("shortens what lasts by one factor, and keeps rates, VUs and the grace of the last iterations", () => {
  const options = ScriptOptions.parse({
    scenarios: {
      peak: {
        executor: "ramping-arrival-rate",
        startRate: 5,
        stages: [
          { duration: "1m", target: 5 },
          { duration: "30s", target: 50 },
        ],
        preAllocatedVUs: 7,
      },
      after: {
        executor: "constant-vus",
        vus: 3,
        startTime: "90s",
        duration: "30s",
        gracefulStop: "1m",
      },
    },
    thresholds: {
      checks: [{ threshold: "rate>0.9", abortOnFail: true, delayAbortEval: "1m" }],
    },
  });
  expect(compressLoad(options, 12)).toMatchObject({
    scenarios: {
      peak: {
        startRate: 5,
        timeUnit: 1000,
        stages: [
          { duration: 6000, target: 5 },
          { duration: 3000, target: 50 },
        ],
        preAllocatedVUs: 7,
      },
      after: { vus: 3, startTime: 9000, duration: 3000, gracefulStop: 60_000 },
    },
    thresholds: { checks: [{ threshold: "rate>0.9", abortOnFail: true, delayAbortEval: 6000 }] },
  });
});
