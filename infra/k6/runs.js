/**
 * Runs at a constant rate in the background, and beside them callers who wait for theirs:
 *
 *   k6 run -e LLAMAAGENT_URL=http://localhost:8000 infra/k6/runs.js
 *
 * DURATION 5m, RATE 10 (background runs a second), VUS 10 (callers who wait), and what
 * llamaagent/settings.js reads.
 */
import { check } from "k6";
import exec from "k6/execution";
import { Trend } from "k6/metrics";
import { checkServer, get, idOf, newRun, post, runMs, waitedRun } from "./llamaagent/api.js";
import { durationOf, maxAnswerMs, maxRunSeconds, numberOf } from "./llamaagent/settings.js";

const duration = durationOf("DURATION", "5m");
const rate = numberOf("RATE", 10);
const vus = numberOf("VUS", 10);
const gracefulStop = `${maxRunSeconds}s`;

const runDuration = new Trend("run_duration", true);

/** @type {import("k6/options").Options} */
export const options = {
  scenarios: {
    background: {
      executor: "constant-arrival-rate",
      exec: "background",
      rate,
      timeUnit: "1s",
      duration,
      preAllocatedVUs: rate * 2,
      // Little's law: so many are open at once where each takes as long as it may.
      maxVUs: rate * maxRunSeconds,
      gracefulStop,
    },
    waiting: { executor: "constant-vus", exec: "waiting", vus, duration, gracefulStop },
  },
  thresholds: {
    checks: ["rate>0.99"],
    http_req_failed: ["rate<0.01"],
    "http_req_duration{name:create_run}": [`p(95)<${maxAnswerMs}`],
    run_duration: [`p(95)<${maxRunSeconds * 1000}`],
    // Else the load was less than it says.
    dropped_iterations: [`rate<${rate / 20}`],
  },
};

export function setup() {
  return checkServer();
}

/** @param {{ label: string }} data */
export function background({ label }) {
  const number = exec.scenario.iterationInTest;
  const call = {
    name: "create_run",
    body: newRun,
    headers: { "Idempotency-Key": `${label}-${number}` },
  };
  const admitted = post("/runs", call);
  if (!check(admitted, { "a run is admitted": ({ status }) => status === 200 })) return;
  const runId = idOf(admitted, "run_id");
  if (number % 10 === 0) {
    const again = post("/runs", Object.assign({ hops: 1 }, call));
    check(again, {
      "the same key gives the same run, at another replica too": (answer) =>
        answer.status === 200 && answer.json("run_id") === runId,
    });
  }
  judge(get(`/runs/${runId}/wait`, { name: "wait_run" }));
}

/** What `k6 run --vus 2 --duration 10s` calls: these options replace the scenarios. */
export default function () {
  waiting();
}

export function waiting() {
  judge(post("/runs/wait", { name: "create_run_and_wait", body: newRun }));
}

/** @param {import("k6/http").Response} response */
function judge(response) {
  const run = waitedRun(response);
  check(run, { "the run completes": () => run !== undefined && run.stop_reason === "completed" });
  if (run !== undefined && run.ended_at !== undefined) runDuration.add(runMs(run));
}
