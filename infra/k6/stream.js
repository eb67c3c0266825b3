/**
 * Readers of run streams, as many as VUS at the height:
 *
 *   k6 run -e LLAMAAGENT_URL=http://localhost:8000 infra/k6/stream.js
 *
 * RAMP 30s, DURATION 5m (at the height), VUS 20, and what llamaagent/settings.js reads.
 *
 * k6 itself reads no server-sent events: a request ends with its whole body, here with the run. So
 * `http_req_waiting` is the time to the stream's first byte, `http_req_receiving` how long it was open,
 * and when an event came is taken from the event (`at`, the server's clock), not from its arrival.
 */
import { check } from "k6";
import { Counter, Trend } from "k6/metrics";
import { checkServer, get, newRun, post } from "./llamaagent/api.js";
import { isInOrder, isWholeText, msUntil, parseEvents } from "./llamaagent/events.js";
import { durationOf, maxAnswerMs, maxRunSeconds, numberOf } from "./llamaagent/settings.js";

const ramp = durationOf("RAMP", "30s");
const duration = durationOf("DURATION", "5m");
const vus = numberOf("VUS", 20);

const firstDelta = new Trend("first_delta", true);
const events = new Counter("stream_events");

/** @type {import("k6/options").Options} */
export const options = {
  scenarios: {
    readers: {
      executor: "ramping-vus",
      startVUs: 1,
      stages: [
        { duration: ramp, target: vus },
        { duration, target: vus },
        { duration: ramp, target: 0 },
      ],
      gracefulRampDown: `${maxRunSeconds}s`,
      gracefulStop: `${maxRunSeconds}s`,
    },
  },
  thresholds: {
    checks: ["rate>0.99"],
    http_req_failed: ["rate<0.01"],
    "http_req_waiting{name:create_run_and_stream}": [`p(95)<${maxAnswerMs}`],
    "http_req_duration{name:stream_run}": [`p(95)<${maxAnswerMs}`],
    first_delta: [`p(95)<${maxRunSeconds * 1000}`],
    stream_events: ["count>0"],
  },
};

export function setup() {
  return checkServer();
}

export default function readStream() {
  const response = post("/runs/stream", { name: "create_run_and_stream", body: newRun });
  if (!check(response, { "a stream opens": ({ status }) => status === 200 })) return;
  const read = parseEvents(response.body);
  events.add(read.length);
  const delta = msUntil(read, "message.delta");
  if (delta !== undefined) firstDelta.add(delta);
  const last = read[read.length - 1];
  check(read, {
    "its last event is the run's completion": () =>
      last !== undefined && last.type === "run.completed" && last.data.stop_reason === "completed",
    "its events are in order": isInOrder,
    "its texts are the message": isWholeText,
  });
  readOn(read);
}

/**
 * A reader that was cut off in the middle goes on at another replica.
 * @param {import("./llamaagent/events.js").StreamEvent[]} read
 */
function readOn(read) {
  const middle = Math.floor(read.length / 2);
  const from = read[middle];
  if (from === undefined) return;
  const response = get(`/runs/${from.data.run_id}/stream?after=${from.id}`, {
    name: "stream_run",
    hops: 1,
  });
  const rest = read.slice(middle + 1).map(({ id }) => id);
  check(response, {
    "the rest is read on at another replica": ({ status, body }) =>
      status === 200 &&
      parseEvents(body)
        .map(({ id }) => id)
        .join() === rest.join(),
  });
}
