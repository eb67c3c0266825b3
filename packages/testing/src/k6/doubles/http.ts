/** A double of the module `k6/http`: what the scripts use of it. Redirects are not followed. */
import { parseDuration } from "../duration.ts";
import type { VuRequest, VuResponse } from "../vu/protocol.ts";
import { vuLink } from "../vu/vu-link.ts";

type StatusRange = VuRequest["expected"][number];

/** Others than these are refused, not passed over. */
interface Params {
  headers?: Record<string, string>;
  tags?: Record<string, string>;
  timeout?: string | number;
  responseCallback?: readonly StatusRange[];
}
const KNOWN_PARAMS = ["headers", "tags", "timeout", "responseCallback"];

function request(method: string, url: string, body: unknown, params: Params = {}) {
  const unknown = Object.keys(params).find((name) => !KNOWN_PARAMS.includes(name));
  if (unknown !== undefined) throw new Error(`the runner's double of k6/http has no '${unknown}'`);
  const { timeout = "60s", headers = {}, tags = {} } = params;
  const timeoutMs = typeof timeout === "number" ? timeout : parseDuration(timeout);
  if (timeoutMs === undefined) throw new Error(`'${timeout}' is no duration`);
  if (body !== undefined && body !== null && typeof body !== "string")
    throw new Error("the runner's double of k6/http sends texts only");
  const answer = vuLink().request({
    method,
    url,
    headers,
    timeoutMs,
    tags,
    expected: params.responseCallback ?? [{ min: 200, max: 399 }],
    ...(typeof body === "string" ? { body } : {}),
  });
  return response(url, answer);
}

function response(url: string, answer: VuResponse) {
  return {
    ...answer,
    url,
    /** Throws, as k6 does, where the body is no JSON. Of paths only names are known: `a.b`. */
    json(path?: string): unknown {
      if (answer.body === null) throw new Error("there is no body");
      const whole: unknown = JSON.parse(answer.body);
      if (path === undefined) return whole;
      if (!/^\w+(\.\w+)*$/.test(path)) throw new Error(`the runner cannot read the path '${path}'`);
      return path.split(".").reduce<unknown>(member, whole);
    },
  };
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return (value as Record<string, unknown>)[name];
}

export default {
  get: (url: string, params?: Params) => request("GET", url, undefined, params),
  post: (url: string, body?: unknown, params?: Params) => request("POST", url, body, params),
  put: (url: string, body?: unknown, params?: Params) => request("PUT", url, body, params),
  patch: (url: string, body?: unknown, params?: Params) => request("PATCH", url, body, params),
  del: (url: string, body?: unknown, params?: Params) => request("DELETE", url, body, params),
  expectedStatuses: (...statuses: (number | StatusRange)[]): StatusRange[] =>
    statuses.map((one) => (typeof one === "number" ? { min: one, max: one } : one)),
};
