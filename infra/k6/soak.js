/**
 * A steady load for hours, of conversations: what leaks, fills up or slows down shows.
 *
 *   k6 run -e LLAMAAGENT_URL=http://localhost:8000 infra/k6/soak.js
 *
 * DURATION 2h, VUS 10 (conversations at once), PAUSE_SECONDS 1 (between two), and what
 * llamaagent/settings.js reads. Ends early where more than one check in a hundred fails.
 */
import { check, sleep } from "k6";
import exec from "k6/execution";
import { Trend } from "k6/metrics";
import { checkServer, get, idOf, newRun, post, runMs, waitedRun } from "./llamaagent/api.js";
import { durationOf, maxAnswerMs, maxRunSeconds, numberOf } from "./llamaagent/settings.js";

const TURNS = 2;

const runDuration = new Trend("run_duration", true);
const pauseSeconds = numberOf("PAUSE_SECONDS", 1);

/** @type {import("k6/options").Options} */
export const options = {
  scenarios: {
    conversations: {
      executor: "constant-vus",
      vus: numberOf("VUS", 10),
      duration: durationOf("DURATION", "2h"),
      gracefulStop: `${TURNS * maxRunSeconds}s`,
    },
  },
  thresholds: {
    checks: [{ threshold: "rate>0.99", abortOnFail: true, delayAbortEval: "5m" }],
    http_req_failed: ["rate<0.01"],
    "http_req_duration{name:create_thread}": [`p(95)<${maxAnswerMs}`],
    // Both are in the summary, one below the other: the second is to be no slower.
    "run_duration{half:first}": [`p(95)<${maxRunSeconds * 1000}`],
    "run_duration{half:second}": [`p(95)<${maxRunSeconds * 1000}`],
  },
};

export function setup() {
  return checkServer();
}

export default function converse() {
  const created = post("/threads", { name: "create_thread", body: {} });
  if (!check(created, { "a thread is made": ({ status }) => status === 200 })) return;
  const threadId = idOf(created, "thread_id");
  for (let turn = 0; turn < TURNS; turn += 1) takeTurn(threadId);
  const thread = get(`/threads/${threadId}`, { name: "get_thread" });
  check(thread, {
    // A question and an answer each.
    "the thread holds every turn": (answer) => messageCount(answer) === 2 * TURNS,
  });
  sleep(pauseSeconds);
}

/** @param {import("k6/http").Response} answer */
function messageCount(answer) {
  const messages = answer.status === 200 ? answer.json("messages") : undefined;
  return Array.isArray(messages) ? messages.length : 0;
}

/** @param {string} threadId */
function takeTurn(threadId) {
  const body = Object.assign({ thread_id: threadId }, newRun);
  const run = waitedRun(post("/runs/wait", { name: "create_run_and_wait", body }));
  check(run, { "the run completes": () => run !== undefined && run.stop_reason === "completed" });
  if (run === undefined || run.ended_at === undefined) return;
  const half = exec.scenario.progress < 0.5 ? "first" : "second";
  runDuration.add(runMs(run), { half });
}
