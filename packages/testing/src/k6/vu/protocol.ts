/** What the main thread and the thread of a VU tell each other. */
import type { MessagePort } from "node:worker_threads";
import type { Metric, Sample } from "../metrics/metric.ts";

export interface VuData {
  /** File URL. */
  script: string;
  env: Record<string, string>;
  id: number;
  /** 0 until the answer to a request is in `answers`; the thread sleeps on it. */
  signal: Int32Array;
  answers: MessagePort;
}

export interface VuRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: string;
  timeoutMs: number;
  tags: Record<string, string>;
  expected: readonly { min: number; max: number }[];
}

export interface VuResponse {
  /** 0 where there was no answer: `error` says why. */
  status: number;
  /** Named as k6 names them: `Retry-After`. */
  headers: Record<string, string>;
  body: string | null;
  error: string;
  error_code: number;
  timings: {
    blocked: number;
    connecting: number;
    sending: number;
    waiting: number;
    receiving: number;
    /** sending, waiting and receiving */
    duration: number;
  };
}

/** Where a call stands in the test, for `k6/execution`. */
export interface ScenarioPlace {
  name: string;
  executor: string;
  /** Unix milliseconds. */
  startTime: number;
  loadMs: number;
  iterationInTest: number;
  iterationInScenario: number;
}

export interface VuCall {
  function: string;
  arguments: readonly unknown[];
  /** Of setup and teardown there is none. */
  place?: ScenarioPlace;
}

export type FromVu =
  | { kind: "loaded"; options: unknown; functions: string[] }
  | { kind: "metric"; metric: Metric }
  | { kind: "sample"; sample: Sample }
  | { kind: "request"; request: VuRequest }
  | { kind: "abort"; reason: string }
  | { kind: "returned"; value: unknown; ms: number }
  | { kind: "threw"; fault: string; ms: number };
