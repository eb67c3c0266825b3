import { expect, it } from "vitest";
import type { MetricType } from "./metric.ts";
import { judge, parseThreshold } from "./threshold.ts";

function judged(type: MetricType, text: string, values: number[]) {
  const metric = { name: "m", type, part: "CUSTOM" as const };
  const series = { selector: { text: "m", metric: "m", tags: {} }, metric, values };
  const { held, measured } = judge(parseThreshold(text, type), series, 10);
  return [held, measured];
}

it.each<[MetricType, string, number[], boolean, number]>([
  ["trend", "p(50)<21", [10, 20, 30], true, 20],
  ["trend", "p(50)<20", [10, 20, 30], false, 20],
  ["trend", " med <= 20 ", [10, 20, 60], true, 20],
  ["trend", "avg>20", [10, 20, 30], false, 20],
  ["trend", "min>=10", [10, 20, 30], true, 10],
  ["trend", "max!=30", [10, 20, 30], false, 30],
  ["rate", "rate>0.7", [1, 1, 1, 0], true, 0.75],
  ["rate", "rate>0.75", [1, 1, 1, 0], false, 0.75],
  ["counter", "count===5", [2, 3], true, 5],
  ["counter", "rate<0.5", [2, 3], false, 0.5],
  ["gauge", "value==3", [1, 3], true, 3],
  // Nothing dropped is none.
  ["counter", "count<1", [], true, 0],
])("judges a %s by %s", (type, text, values, held, measured) => {
  expect(judged(type, text, values)).toEqual([held, measured]);
});

it.each<[MetricType, string]>([
  ["trend", "p(95)<500"],
  ["rate", "rate<0.01"],
  ["rate", "rate!=1"],
])("has not held over nothing: a %s with %s", (type, text) => {
  expect(judged(type, text, [])).toEqual([false, Number.NaN]);
});

it.each(["p<5", "avg(3)<5", "p(95)", "p(95)<5s", "avg<1 && max<2"])("refuses '%s'", (text) => {
  expect(() => parseThreshold(text, "trend")).toThrow("no threshold");
});
