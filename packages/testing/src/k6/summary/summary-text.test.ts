import { expect, it } from "vitest";
import type { Metric } from "../metrics/metric.ts";
import type { Series } from "../metrics/series.ts";
import { judge, parseThreshold } from "../metrics/threshold.ts";
import type { ScriptResult } from "../script-result.ts";
import { summaryText } from "./summary-text.ts";

const series = (text: string, metric: Metric, values: number[]): Series => ({
  selector: { text, metric: metric.name, tags: {} },
  metric,
  values,
});
const duration: Metric = { name: "http_req_duration", type: "trend", unit: "ms", part: "HTTP" };
const took = series("http_req_duration", duration, [0.5, 120, 1500]);
const ofOne = series("http_req_duration{name:get_run}", duration, [120]);
const failed = series(
  "http_req_failed",
  { name: "http_req_failed", type: "rate", part: "HTTP" },
  [0, 0, 1, 0],
);
const sent = series(
  "data_sent",
  { name: "data_sent", type: "counter", unit: "bytes", part: "NETWORK" },
  [4000, 100],
);
const vus = series("vus", { name: "vus", type: "gauge", part: "EXECUTION" }, [1, 5, 4]);
const unused = series("unused", { name: "unused", type: "counter", part: "CUSTOM" }, []);

const result: ScriptResult = {
  exitCode: 99,
  judgements: [
    judge(parseThreshold("p(50)<500", "trend"), took, 10),
    judge(parseThreshold("max<1000", "trend"), took, 10),
    judge(parseThreshold("rate<0.01", "rate"), failed, 10),
  ],
  checks: new Map([
    ["all is well", { passed: 3, failed: 0 }],
    ["the end comes", { passed: 2, failed: 1 }],
  ]),
  series: [took, failed, sent, ofOne, vus, unused],
  iterations: { complete: 3, interrupted: 1 },
  seconds: 10,
  faults: new Map([["TypeError: run is undefined", 2]]),
};

it("shows a test in the form of k6's summary", () => {
  expect(summaryText(result)).toBe(`  █ THRESHOLDS

    http_req_duration
    ✓ 'p(50)<500' p(50)=120ms
    ✗ 'max<1000' max=1.5s
    http_req_failed
    ✗ 'rate<0.01' rate=25.00%

  █ TOTAL RESULTS

    checks_total..........................: 6      0.6/s
    checks_succeeded......................: 83.33% 5 out of 6
    checks_failed.........................: 16.67% 1 out of 6

    ✓ all is well
    ✗ the end comes
      ↳ ✓ 2 / ✗ 1

    HTTP
    http_req_duration.....................: avg=540.17ms min=500µs med=120ms max=1.5s  p(90)=1.22s p(95)=1.36s
      { name:get_run }....................: avg=120ms    min=120ms med=120ms max=120ms p(90)=120ms p(95)=120ms
    http_req_failed.......................: 25.00% 1 out of 4

    EXECUTION
    vus...................................: 4 min=1 max=5

    NETWORK
    data_sent.............................: 4.1 kB 410 B/s

  █ FAULTS OF THE SCRIPT

    2 × TypeError: run is undefined

  running (10.0s), 3 complete and 1 interrupted iterations`);
});
