import { assertNever } from "@llamaagent/core";
import type { MetricType } from "./metric.ts";
import type { Series } from "./series.ts";
import { interpolatedPercentile, maximum, mean, minimum, sum } from "./statistics.ts";

type Aggregate = "count" | "rate" | "value" | "avg" | "min" | "max" | "med" | { percent: number };
type Operator = "<" | "<=" | ">" | ">=" | "==" | "===" | "!=";

export interface Threshold {
  /** As the script has it. */
  text: string;
  /** `p(95)`. */
  left: string;
  aggregate: Aggregate;
  operator: Operator;
  bound: number;
}

export interface Judgement {
  threshold: Threshold;
  series: Series;
  /** NaN: there was nothing to measure. */
  measured: number;
  held: boolean;
}

const AGGREGATES: Record<MetricType, readonly string[]> = {
  counter: ["count", "rate"],
  gauge: ["value"],
  rate: ["rate"],
  trend: ["avg", "min", "max", "med", "p"],
};

/** Throws where k6 would refuse it: a slip, or an aggregate that the metric's type has not. */
export function parseThreshold(text: string, type: MetricType): Threshold {
  const found =
    /^\s*(count|rate|value|avg|min|max|med|p)(?:\(\s*([\d.]+)\s*\))?\s*(<=|>=|<|>|={2,3}|!=)\s*(-?[\d.]+)\s*$/.exec(
      text,
    );
  const [, name = "", percent, operator, bound = ""] = found ?? [];
  if (!found || (name === "p") !== (percent !== undefined))
    throw new Error(`'${text}' is no threshold like p(95)<500`);
  if (!AGGREGATES[type].includes(name))
    throw new Error(`'${text}': a ${type} has ${AGGREGATES[type].join(", ")}, not ${name}`);
  return {
    text,
    left: percent === undefined ? name : `p(${percent})`,
    // The pattern has no others.
    aggregate: percent === undefined ? (name as Aggregate) : { percent: Number(percent) },
    operator: operator as Operator,
    bound: Number(bound),
  };
}

/** What nothing was measured of has not held: stricter than k6, a metric that nobody fills is rot. */
export function judge(threshold: Threshold, series: Series, seconds: number): Judgement {
  const measured = measure(threshold.aggregate, series, seconds);
  const held = !Number.isNaN(measured) && compare(measured, threshold);
  return { threshold, series, measured, held };
}

function measure(aggregate: Aggregate, { metric, values }: Series, seconds: number): number {
  if (typeof aggregate === "object") return interpolatedPercentile(values, aggregate.percent);
  switch (aggregate) {
    case "count":
      return sum(values);
    case "rate":
      return metric.type === "counter" ? sum(values) / seconds : mean(values);
    case "value":
      return values.at(-1) ?? Number.NaN;
    case "avg":
      return mean(values);
    case "min":
      return minimum(values);
    case "max":
      return maximum(values);
    case "med":
      return interpolatedPercentile(values, 50);
    default:
      return assertNever(aggregate);
  }
}

function compare(measured: number, { operator, bound }: Threshold): boolean {
  switch (operator) {
    case "<":
      return measured < bound;
    case "<=":
      return measured <= bound;
    case ">":
      return measured > bound;
    case ">=":
      return measured >= bound;
    case "==":
    case "===":
      return measured === bound;
    case "!=":
      return measured !== bound;
    default:
      return assertNever(operator);
  }
}
