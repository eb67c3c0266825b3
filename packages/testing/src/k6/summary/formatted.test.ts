import { expect, it } from "vitest";
import { formatted, percentage } from "./formatted.ts";

it.each([
  [0, "ms", "0s"],
  [0.148_21, "ms", "148.21µs"],
  [999.4, "ms", "999.4ms"],
  [1234, "ms", "1.23s"],
  [61_900, "ms", "1m1s"],
  [999, "bytes", "999 B"],
  [4_100, "bytes", "4.1 kB"],
  [2_500_000, "bytes", "2.5 MB"],
  [12.5, undefined, "12.5"],
  [Number.NaN, "ms", "none"],
] as const)("writes %d %s as %s", (value, unit, text) => {
  expect(formatted(value, unit)).toBe(text);
});

it("writes a share as a percentage", () => {
  expect([0.9951, 1, Number.NaN].map(percentage)).toEqual(["99.51%", "100.00%", "none"]);
});
