import { describe, expect, it } from "vitest";
import { closingLines, type WalkReport } from "./walk-report.ts";

const clean: WalkReport = {
  operations: { selected: 24, tested: 24 },
  test_cases: { generated: 20_000, unique_failures: 0 },
  errors: [],
};
const ended = { code: 0, faults: [], seed: 7 };

describe("closingLines", () => {
  it("ends with the operations that were walked", () => {
    expect(closingLines(clean, ended)).toEqual({
      failed: 0,
      lines: ["20000 requests to 24 operations, --seed 7", "24 passed, 0 failed"],
    });
  });

  it.each([
    ["answers", { test_cases: { generated: 9, unique_failures: 2 } }, {}, 2],
    ["errors of the walk", { errors: ["no strategy"] }, {}, 1],
    ["operations not walked", { operations: { selected: 24, tested: 21 } }, {}, 3],
    ["a server that ended", {}, { faults: ["a process ended (1)", "its last line"] }, 1],
    ["an exit code that nothing explains", {}, { code: 2 }, 1],
  ])("counts %s", (_what, report, end, failed) => {
    expect(closingLines({ ...clean, ...report }, { ...ended, ...end }).failed).toBe(failed);
  });
});
