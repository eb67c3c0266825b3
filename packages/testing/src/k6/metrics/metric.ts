export type MetricType = "counter" | "gauge" | "rate" | "trend";

export interface Metric {
  name: string;
  type: MetricType;
  /** Of its values. */
  unit?: "ms" | "bytes";
  /** The part of the summary in which it stands. */
  part: "CUSTOM" | "HTTP" | "EXECUTION" | "NETWORK" | "CHECKS";
}

export interface Sample {
  metric: string;
  value: number;
  tags: Record<string, string>;
}

const trendMs = (name: string, part: Metric["part"]): Metric => ({
  name,
  type: "trend",
  unit: "ms",
  part,
});

/** Those that k6 has of itself, but for what only TLS, groups and other protocols fill. */
export const builtInMetrics: readonly Metric[] = [
  { name: "checks", type: "rate", part: "CHECKS" },
  trendMs("http_req_blocked", "HTTP"),
  trendMs("http_req_connecting", "HTTP"),
  trendMs("http_req_sending", "HTTP"),
  trendMs("http_req_waiting", "HTTP"),
  trendMs("http_req_receiving", "HTTP"),
  trendMs("http_req_duration", "HTTP"),
  { name: "http_req_failed", type: "rate", part: "HTTP" },
  { name: "http_reqs", type: "counter", part: "HTTP" },
  { name: "dropped_iterations", type: "counter", part: "EXECUTION" },
  trendMs("iteration_duration", "EXECUTION"),
  { name: "iterations", type: "counter", part: "EXECUTION" },
  { name: "vus", type: "gauge", part: "EXECUTION" },
  { name: "vus_max", type: "gauge", part: "EXECUTION" },
  { name: "data_received", type: "counter", unit: "bytes", part: "NETWORK" },
  { name: "data_sent", type: "counter", unit: "bytes", part: "NETWORK" },
];
