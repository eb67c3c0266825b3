import { expect, it } from "vitest";
import { chart } from "./chart.ts";

const row = {
  id: "some_row",
  value: 12,
  low: 11,
  high: 13,
  goal: "≤6",
  unit: "×",
  met: false,
  what: "a / b",
  detail: "",
  rounds: 7,
};

it("draws the rows that have a bound, and tells their figures", () => {
  const svg = chart([row, { ...row, id: "reported", goal: null, met: null }]);
  expect(svg).toContain("some_row");
  expect(svg).toContain(">12</tspan>");
  expect(svg).toContain("(≤6)");
  expect(svg).not.toContain("reported");
});

it("puts a row that misses its goal on the other side of it than one that meets it", () => {
  const bar = (value: number) =>
    /<rect x="(\d+)"[^>]*fill-opacity/.exec(chart([{ ...row, value }]));
  expect(Number(bar(12)?.[1])).toBeGreaterThan(Number(bar(3)?.[1]));
});
