import { expect, it } from "vitest";
import { interpolatedPercentile, maximum, mean, minimum } from "./statistics.ts";

it("interpolates between the values beside the rank, as k6 does", () => {
  const values = [40, 10, 30, 20];
  expect([0, 50, 90, 100].map((percent) => interpolatedPercentile(values, percent))).toEqual([
    10, 25, 37, 40,
  ]);
  expect(interpolatedPercentile([7], 95)).toBe(7);
});

it("is no number where there are no values", () => {
  for (const statistic of [mean, minimum, maximum]) expect(statistic([])).toBeNaN();
  expect(interpolatedPercentile([], 95)).toBeNaN();
});
