import { fail } from "k6";
import http from "k6/http";
import { agent, apiKey, input, replicas, timeout } from "./settings.js";

/**
 * @typedef {object} Call
 * @property {string} name The tag `name` of its metrics, the operation of openapi.json: by URL, each id would have its own.
 * @property {unknown} [body]
 * @property {{ [name: string]: string }} [headers]
 * @property {number} [hops] Replicas further than the iteration's own.
 * @property {number[]} [refusals] Statuses that are no failure besides 2xx and 3xx.
 */

/**
 * @typedef {object} Run
 * @property {string} run_id
 * @property {string} state
 * @property {string} [stop_reason]
 * @property {string} created_at
 * @property {string} [ended_at]
 */

export const newRun = { agent_id: agent, input };

/**
 * @param {string} path
 * @param {Call} call
 */
export function post(path, call) {
  return http.post(replica(call.hops) + path, JSON.stringify(call.body), paramsOf(call));
}

/**
 * @param {string} path
 * @param {Call} call
 */
export function get(path, call) {
  return http.get(replica(call.hops) + path, paramsOf(call));
}

/**
 * For `setup()`: ends the test before its load where a replica or the agent is not there.
 * @returns {{ label: string }} of this test, for keys that no other test has used
 */
export function checkServer() {
  const params = paramsOf({ name: "setup" });
  for (const url of replicas) {
    const ready = http.get(`${url}/health/ready`, params);
    if (ready.status !== 200) fail(`${url} is not ready: ${ready.status} ${ready.error}`);
    const found = http.get(`${url}/agents/${encodeURIComponent(agent)}`, params);
    if (found.status !== 200) fail(`${url} has no agent '${agent}' for this key: ${found.status}`);
  }
  return { label: `k6-${Date.now().toString(36)}` };
}

/**
 * An id that an answer holds.
 * @param {import("k6/http").Response} response
 * @param {string} field
 */
export function idOf(response, field) {
  const id = response.json(field);
  return typeof id === "string" ? id : fail(`the answer has no ${field}`);
}

/**
 * The run of an answer of `/runs/wait` or `/runs/{id}/wait`; undefined where it holds none.
 * @param {import("k6/http").Response} response
 * @returns {Run | undefined}
 */
export function waitedRun(response) {
  if (response.status !== 200) return undefined;
  return /** @type {Run} */ (/** @type {unknown} */ (response.json("run")));
}

/**
 * By the server's clock, from admission to end.
 * @param {Run} run
 */
export function runMs(run) {
  return Date.parse(run.ended_at || "") - Date.parse(run.created_at);
}

/** @param {number} [hops] */
function replica(hops = 0) {
  return String(replicas[(__VU + __ITER + hops) % replicas.length]);
}

/** @param {Call} call */
function paramsOf({ name, headers, refusals = [] }) {
  return {
    headers: Object.assign(
      { "Content-Type": "application/json" },
      apiKey === "" ? {} : { Authorization: `Bearer ${apiKey}` },
      headers,
    ),
    tags: { name },
    timeout,
    responseCallback: http.expectedStatuses({ min: 200, max: 399 }, ...refusals),
  };
}
