import { describe, expect, it } from "vitest";
import type { Goal } from "../benchmark.ts";
import { resultRow } from "./result-row.ts";

const row = (goal: Goal | undefined, perRound: number[]) =>
  resultRow(
    { id: "some_row", what: "a / b", unit: "×", ...(goal ? { goal } : {}) },
    { perRound, detail: "12 ms; 3 ms" },
  );

describe("resultRow", () => {
  it("has the median and the quartiles of the rounds", () => {
    expect(row({ atMost: 6, aim: 4 }, [5, 1, 3, 2, 4])).toEqual({
      id: "some_row",
      value: 3,
      low: 2,
      high: 4,
      goal: "≤6",
      unit: "×",
      aim: 4,
      met: true,
      what: "a / b",
      detail: "12 ms; 3 ms",
      rounds: 5,
    });
  });

  it.each([
    { goal: { atMost: 3 }, perRound: [3], met: true },
    { goal: { atMost: 3 }, perRound: [3.01], met: false },
    { goal: { atLeast: 0.9 }, perRound: [0.9], met: true },
    { goal: { atLeast: 0.9 }, perRound: [0.89], met: false },
    { goal: { constant: true } as const, perRound: [4, 4, 4], met: true },
    { goal: { constant: true } as const, perRound: [4, 4, 5], met: false },
    { goal: undefined, perRound: [1], met: null },
  ])("meets $goal with $perRound: $met", ({ goal, perRound, met }) => {
    expect(row(goal, perRound).met).toBe(met);
  });

  it("refuses a row that its benchmark did not measure", () => {
    expect(() => resultRow({ id: "gone", what: "", unit: "" }, undefined)).toThrow(
      "gone was not measured",
    );
  });
});
