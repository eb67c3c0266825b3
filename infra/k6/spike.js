/**
 * A sudden multiple of the usual load, and whether all is as before once it is over:
 *
 *   k6 run -e LLAMAAGENT_URL=http://localhost:8000 infra/k6/spike.js
 *
 * RATE 10 and PEAK_RATE 50 (background runs a second), DURATION 1m (before the peak and after it),
 * PEAK_DURATION 30s, VUS 5 (callers who wait, afterwards), and what llamaagent/settings.js reads.
 *
 * A run may be refused (429, 503), but only with a `Retry-After`. Runs of the peak that wait for
 * workers delay those that come afterwards: MAX_RUN_SECONDS is how long the queue may take.
 */
import { check } from "k6";
import exec from "k6/execution";
import { Rate, Trend } from "k6/metrics";
import { checkServer, newRun, post, runMs, waitedRun } from "./llamaagent/api.js";
import {
  durationOf,
  maxAnswerMs,
  maxRunSeconds,
  numberOf,
  totalSeconds,
} from "./llamaagent/settings.js";

const SLOPE = "10s";

const rate = numberOf("RATE", 10);
const peakRate = numberOf("PEAK_RATE", 50);
const duration = durationOf("DURATION", "1m");
const peakDuration = durationOf("PEAK_DURATION", "30s");

const admitted = new Rate("runs_admitted");
const runDuration = new Trend("run_duration", true);

/** @type {import("k6/options").Options} */
export const options = {
  scenarios: {
    peak: {
      executor: "ramping-arrival-rate",
      exec: "admit",
      startRate: rate,
      timeUnit: "1s",
      stages: [
        { duration, target: rate },
        { duration: SLOPE, target: peakRate },
        { duration: peakDuration, target: peakRate },
        { duration: SLOPE, target: rate },
        { duration, target: rate },
      ],
      // An admission takes milliseconds; so many are open where each takes half a second.
      preAllocatedVUs: Math.ceil(peakRate / 2),
      maxVUs: peakRate * 2,
    },
    afterwards: {
      executor: "constant-vus",
      exec: "waiting",
      vus: numberOf("VUS", 5),
      startTime: `${totalSeconds(duration, SLOPE, peakDuration, SLOPE)}s`,
      duration,
      gracefulStop: `${maxRunSeconds}s`,
    },
  },
  thresholds: {
    checks: ["rate>0.99"],
    http_req_failed: ["rate<0.01"],
    runs_admitted: ["rate>0.9"],
    "http_req_duration{scenario:peak}": [`p(95)<${maxAnswerMs}`],
    run_duration: [`p(95)<${maxRunSeconds * 1000}`],
    dropped_iterations: [`rate<${rate / 20}`],
  },
};

export function setup() {
  return checkServer();
}

/** @param {{ label: string }} data */
export function admit({ label }) {
  const response = post("/runs", {
    name: "create_run",
    body: newRun,
    headers: { "Idempotency-Key": `${label}-${exec.scenario.iterationInTest}` },
    refusals: [429, 503],
  });
  admitted.add(response.status === 200);
  check(response, {
    "a run is admitted, or told when to come again": ({ status, headers }) =>
      status === 200 || headers["Retry-After"] !== undefined,
  });
}

/** What `k6 run --vus 2 --duration 10s` calls: these options replace the scenarios. */
export default function () {
  waiting();
}

export function waiting() {
  const run = waitedRun(post("/runs/wait", { name: "create_run_and_wait", body: newRun }));
  check(run, { "the run completes": () => run !== undefined && run.stop_reason === "completed" });
  if (run !== undefined && run.ended_at !== undefined) runDuration.add(runMs(run));
}
