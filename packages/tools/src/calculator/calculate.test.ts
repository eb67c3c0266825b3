import { describe, expect, it } from "vitest";
import { calculate } from "./calculate.ts";

describe("calculate", () => {
  it.each([
    ["1 + 2 * 3", 7],
    ["(1 + 2) * 3", 9],
    ["10 - 4 - 3", 3],
    ["100 / 10 / 2", 5],
    ["2 ^ 3 ^ 2", 512],
    ["2 ** 10", 1024],
    ["-2 ^ 2", -4],
    ["2 ^ -1", 0.5],
    ["--3", 3],
    ["17 % 5", 2],
    ["0.1 + 0.2", 0.3],
    [".5 + 1.", 1.5],
    ["1.5e3 × 2 ÷ 3 − 1", 999],
    ["9007199254740991", 9007199254740991],
    ["sqrt(16) + max(1, 2, 3)", 7],
    ["round(2.567, 1)", 2.6],
    ["ROUND(2.5)", 3],
    ["sin(pi / 2) + ln(e) + log(1000) + log2(8)", 8],
    ["-0", 0],
    [" 7 ", 7],
  ])("%s = %d", (expression, value) => {
    expect(calculate(expression)).toBe(value);
  });

  it.each([
    ["", "expected a number at the end"],
    ["1 +", "expected a number at the end"],
    ["1 2", "expected an operator before 2"],
    ["2 (3)", "expected an operator before '('"],
    ["(1", "expected ')' at the end"],
    ["1)", "expected an operator before ')'"],
    ["1.2.3", "expected an operator before 0.3"],
    ["1 $ 2", "cannot read '$'"],
    ["1 / 0", "division by zero"],
    ["1 % 0", "division by zero"],
    ["sqrt(-1)", "the result is not a real number"],
    ["10 ^ 400", "the result is too large"],
    ["sqrt(1, 2)", "'sqrt' takes 1 arguments"],
    ["round()", "expected a number before ')'"],
    ["process", "no function named 'process'"],
    ["constructor(1)", "no function named 'constructor'"],
    ["a.b", "cannot read '.'"],
    ["'x'", "cannot read '''"],
  ])("refuses %j: %s", (expression, message) => {
    expect(() => calculate(expression)).toThrow(message);
  });

  it("takes 99 levels of brackets and refuses what would exhaust the stack", () => {
    const nested = (levels: number) => `${"(".repeat(levels)}1${")".repeat(levels)}`;
    expect(calculate(nested(99))).toBe(1);
    expect(() => calculate(nested(100))).toThrow("nested deeper than 100 levels");
    expect(() => calculate("-".repeat(100_000))).toThrow("nested deeper than 100 levels");
    expect(() => calculate("2^".repeat(100_000))).toThrow("nested deeper than 100 levels");
  });

  it("takes long sums, which need no depth", () => {
    expect(calculate(`1${"+1".repeat(499)}`)).toBe(500);
  });
});
