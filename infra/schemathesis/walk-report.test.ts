import { describe, expect, it } from "vitest";
import { closingLines } from "./walk-report.ts";

const clean = {
  operations: { selected: 24, tested: 24 },
  test_cases: { generated: 20_000, unique_failures: 0 },
  errors: [],
  code: 0,
};
const ended = { faults: [], seed: 7, requests: 5_000 };

describe("closingLines", () => {
  it("ends with the operations that were walked", () => {
    const other = { ...clean, test_cases: { generated: 5, unique_failures: 0 } };
    expect(closingLines([clean, other], ended)).toEqual({
      failed: 0,
      lines: ["20005 requests to 24 operations, --seed 7", "24 passed, 0 failed"],
    });
  });

  it.each([
    ["failures", { test_cases: { generated: 9, unique_failures: 2 } }, {}, 2],
    [
      "failures of an exit code",
      { test_cases: { generated: 9, unique_failures: 2 }, code: 1 },
      {},
      2,
    ],
    ["errors of the walk", { errors: ["no strategy"] }, {}, 1],
    ["operations not walked", { operations: { selected: 24, tested: 21 } }, {}, 3],
    ["a server that ended", {}, { faults: ["a process ended (1)", "its last line"] }, 1],
    ["an exit code that nothing explains", { code: 2 }, {}, 1],
    ["a server that ended beside failures", { errors: [1] }, { faults: ["it ended (1)"] }, 2],
  ])("counts %s, of whichever walker", (_what, report, end, failed) => {
    const faulty = { ...clean, ...report };
    for (const walked of [
      [faulty, clean],
      [clean, faulty],
    ])
      expect(closingLines(walked, { ...ended, ...end }).failed).toBe(failed);
  });

  it("counts a walk of fewer requests than were asked for", () => {
    const slow = { ...clean, test_cases: { generated: 2_499, unique_failures: 0 } };
    const { failed, lines } = closingLines([slow, slow], ended);
    expect(failed).toBe(1);
    expect(lines).toContain("too few: 5000 were asked for");
    expect(closingLines([slow, clean], ended).failed).toBe(0);
  });

  it("passes what every walker walked", () => {
    const less = { ...clean, operations: { selected: 24, tested: 21 } };
    expect(closingLines([clean, less], ended).lines).toContain("21 passed, 3 failed");
  });
});
