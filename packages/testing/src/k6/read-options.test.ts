import { describe, expect, it } from "vitest";
import { builtInMetrics } from "./metrics/metric.ts";
import { createMetricStore } from "./metrics/series.ts";
import { openThresholds, readOptions } from "./read-options.ts";
import { EXIT } from "./script-result.ts";

const load = { executor: "constant-vus", duration: "1m" };
const read = (options: unknown, functions = ["default"]) => readOptions({ options, functions });

describe("readOptions", () => {
  it("fills in k6's defaults", () => {
    expect(read({ scenarios: { load } })).toEqual({
      scenarios: {
        load: {
          ...load,
          duration: 60_000,
          vus: 1,
          exec: "default",
          startTime: 0,
          gracefulStop: 30_000,
        },
      },
      thresholds: {},
    });
  });

  it.each([
    ["no options", undefined, "expected object"],
    ["no scenarios", { scenarios: {} }, "one scenario at least"],
    ["an option that the runner would pass over", { scenarios: { load }, vus: 3 }, '"vus"'],
    ["a field of a scenario likewise", { scenarios: { load: { ...load, env: {} } } }, '"env"'],
    ["another executor", { scenarios: { load: { executor: "shared-iterations" } } }, "executor"],
    ["no duration", { scenarios: { load: { ...load, duration: "1 hour" } } }, "'1 hour'"],
    [
      "a function that is not there",
      { scenarios: { load: { ...load, exec: "go" } } },
      "exported: go",
    ],
  ])("refuses %s", (_name, options, fault) => {
    expect(() => read(options)).toThrow(fault);
    expect(() => read(options)).toThrow(expect.objectContaining({ exitCode: EXIT.invalidOptions }));
  });

  it("refuses a script whose summary it would not write", () => {
    expect(() => read({ scenarios: { load } }, ["default", "handleSummary"])).toThrow(
      "handleSummary",
    );
  });
});

describe("openThresholds", () => {
  const open = (thresholds: Record<string, unknown[]>) =>
    openThresholds(
      readOptions({ options: { scenarios: { load }, thresholds }, functions: ["default"] }),
      createMetricStore(builtInMetrics),
    );

  it("opens a series for each metric and each selection of its samples", () => {
    const abort = { threshold: "rate<0.1", abortOnFail: true, delayAbortEval: "10s" };
    const opened = open({
      http_req_failed: ["rate<0.2", abort],
      "http_req_duration{name:create_run}": ["p(95)<500"],
    });
    expect(opened.map(({ series, abortAfterMs }) => [series.selector.text, abortAfterMs])).toEqual([
      ["http_req_failed", undefined],
      ["http_req_failed", 10_000],
      ["http_req_duration{name:create_run}", undefined],
    ]);
  });

  it.each([
    ["a metric that nobody declared", { typo: ["count>1"] }, "no metric 'typo'"],
    ["a selector that is none", { "checks{a}": ["rate>0"] }, "'a' is no tag"],
    ["an expression that is none", { checks: ["rate is high"] }, "no threshold"],
    ["an aggregate that the type has not", { checks: ["p(95)<1"] }, "a rate has rate, not p"],
  ])("refuses %s", (_name, thresholds, fault) => {
    expect(() => open(thresholds)).toThrow(fault);
    expect(() => open(thresholds)).toThrow(
      expect.objectContaining({ exitCode: EXIT.invalidOptions }),
    );
  });
});
