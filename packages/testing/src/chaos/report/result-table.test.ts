import { expect, it } from "vitest";
import { formatFigure, type Result } from "./result.ts";
import { closingLine, resultTable } from "./result-table.ts";

const held: Result = {
  number: 1,
  name: "kills",
  runs: 60,
  succeeded: 60,
  atLeast: 59,
  figures: [
    { what: "kills", measured: 5 },
    { what: "resume p99", measured: 7.4321, atMost: 15, unit: "s" },
  ],
  faults: [],
  seconds: 31.4,
};

it("shows an experiment that held with its figures", () => {
  expect(resultTable([held]).split("\n").at(-1)).toBe(
    "| 1   | kills      | 60   | 60 (≥59)  | kills: 5; resume p99 ≤15 s: 7.43 s | held | 31  |",
  );
});

it.each<[string, Partial<Result>, string]>([
  ["a fault", { faults: ["r has 2 ends"] }, "r has 2 ends"],
  ["too few that succeeded", { succeeded: 58 }, "58 runs succeeded, not 59"],
  ["none that succeeded, whatever was asked", { succeeded: 0, atLeast: 0 }, "no run succeeded"],
  [
    "a figure above its bound",
    { figures: [{ what: "p99", measured: 15.1, atMost: 15, unit: "s" }] },
    "out of bounds: p99 ≤15 s: 15.1 s",
  ],
  [
    "a figure below its bound",
    { figures: [{ what: "cancelled", measured: 0, atLeast: 1 }] },
    "out of bounds: cancelled ≥1: 0",
  ],
  [
    "a figure that is no number",
    { figures: [{ what: "p99", measured: Number.NaN, atMost: 15 }] },
    "out of bounds: p99 ≤15: NaN",
  ],
])("shows what failed: %s", (_, change, text) => {
  const table = resultTable([{ ...held, ...change }]);
  expect(table).toContain("| FAILED |");
  expect(table.split("\n").slice(-2)).toEqual(["1 kills: FAILED", `  ${text}`]);
});

it.each([
  [{}, "claims: 3"],
  [{ atLeast: 2 }, "claims ≥2: 3"],
  [{ atMost: 4 }, "claims ≤4: 3"],
  [{ atLeast: 2, atMost: 4 }, "claims 2…4: 3"],
  [{ atLeast: 3, atMost: 3 }, "claims =3: 3"],
])("shows the bounds %o", (bounds, text) => {
  expect(formatFigure({ what: "claims", measured: 3, ...bounds })).toBe(text);
});

it("closes with the counts that a machine reads", () => {
  expect(closingLine([held, { ...held, faults: ["one"] }, held])).toBe("2 passed, 1 failed");
});
