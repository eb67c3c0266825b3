/** A double of the module `k6/metrics`. */
import type { MetricType } from "../metrics/metric.ts";
import { vuLink } from "../vu/vu-link.ts";

function metricClass(type: MetricType) {
  return class {
    readonly name: string;

    constructor(name: string, isTime = false) {
      this.name = name;
      vuLink().declare({ name, type, part: "CUSTOM", ...(isTime ? { unit: "ms" } : {}) });
    }

    add(value: number | boolean, tags: Record<string, string> = {}): void {
      const number = Number(value);
      if (Number.isNaN(number)) throw new Error(`${this.name}: '${value}' is no number`);
      const counted = type === "rate" ? Number(number !== 0) : number;
      vuLink().add({ metric: this.name, value: counted, tags });
    }
  };
}

export const Counter = metricClass("counter");
export const Gauge = metricClass("gauge");
export const Rate = metricClass("rate");
export const Trend = metricClass("trend");
