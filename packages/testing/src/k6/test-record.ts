import { builtInMetrics, type Metric, type Sample } from "./metrics/metric.ts";
import { createMetricStore, type MetricStore } from "./metrics/series.ts";
import type { CallOutcome } from "./vu/start-vu.ts";

/** All that a test measures. */
export interface TestRecord {
  store: MetricStore;
  /** By the check's name. */
  checks: Map<string, { passed: number; failed: number }>;
  /** What the script threw, and how often. */
  faults: Map<string, number>;
  iterations: { complete: number; interrupted: number };
  declare: (metric: Metric) => void;
  add: (sample: Sample) => void;
  fault(text: string): void;
  /** Counts and measures one iteration of a scenario. */
  iterate(scenario: string, call: () => Promise<CallOutcome>): Promise<CallOutcome>;
  /** How many are at work, of so many that were started. */
  countVus(started: number): void;
}

export function createRecord(): TestRecord {
  const store = createMetricStore(builtInMetrics);
  let atWork = 0;
  const record: TestRecord = {
    store,
    checks: new Map(),
    faults: new Map(),
    iterations: { complete: 0, interrupted: 0 },
    declare(metric) {
      try {
        store.declare(metric);
      } catch (error) {
        record.fault(String(error));
      }
    },
    add(sample) {
      store.add(sample);
      const check = sample.tags["check"];
      if (sample.metric !== "checks" || check === undefined) return;
      const counted = record.checks.get(check) ?? { passed: 0, failed: 0 };
      counted[sample.value === 1 ? "passed" : "failed"] += 1;
      record.checks.set(check, counted);
    },
    fault: (text) => void record.faults.set(text, (record.faults.get(text) ?? 0) + 1),
    async iterate(scenario, call) {
      atWork += 1;
      const outcome = await call();
      atWork -= 1;
      if (outcome.kind === "interrupted") {
        record.iterations.interrupted += 1;
        return outcome;
      }
      record.iterations.complete += 1;
      const tags = { scenario };
      store.add({ metric: "iterations", value: 1, tags });
      store.add({ metric: "iteration_duration", value: outcome.ms, tags });
      if (outcome.kind === "threw") record.fault(outcome.fault);
      return outcome;
    },
    countVus(started) {
      store.add({ metric: "vus", value: atWork, tags: {} });
      store.add({ metric: "vus_max", value: started, tags: {} });
    },
  };
  return record;
}
