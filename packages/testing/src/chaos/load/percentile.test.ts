import { expect, it } from "vitest";
import { percentile } from "./percentile.ts";

it("is the smallest value that so many percent do not exceed", () => {
  const values = Array.from({ length: 200 }, (_, index) => 200 - index);
  expect([50, 99, 100].map((percent) => percentile(values, percent))).toEqual([100, 198, 200]);
  expect(percentile([7], 99)).toBe(7);
});

it("is no number where there are no values: no bound holds then", () => {
  expect(percentile([], 99)).toBeNaN();
});
