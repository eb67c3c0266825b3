import { assertNever } from "@llamaagent/core";
import type { Series } from "../metrics/series.ts";
import { interpolatedPercentile, maximum, mean, minimum, sum } from "../metrics/statistics.ts";
import { formatted, percentage } from "./formatted.ts";

/** The columns of a metric's row. */
export function metricFigures({ metric, values }: Series, seconds: number): string[] {
  const inUnit = (value: number): string => formatted(value, metric.unit);
  switch (metric.type) {
    case "trend":
      return [
        `avg=${inUnit(mean(values))}`,
        `min=${inUnit(minimum(values))}`,
        `med=${inUnit(interpolatedPercentile(values, 50))}`,
        `max=${inUnit(maximum(values))}`,
        `p(90)=${inUnit(interpolatedPercentile(values, 90))}`,
        `p(95)=${inUnit(interpolatedPercentile(values, 95))}`,
      ];
    case "counter":
      return [inUnit(sum(values)), `${inUnit(sum(values) / seconds)}/s`];
    case "rate":
      return [percentage(mean(values)), `${sum(values)} out of ${values.length}`];
    case "gauge":
      return [
        inUnit(values.at(-1) ?? Number.NaN),
        `min=${inUnit(minimum(values))}`,
        `max=${inUnit(maximum(values))}`,
      ];
    default:
      return assertNever(metric.type);
  }
}
