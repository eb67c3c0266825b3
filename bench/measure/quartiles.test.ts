import { describe, expect, it } from "vitest";
import { median, quantile } from "./quartiles.ts";

describe("quantile", () => {
  it("lies between neighbours where it meets no value", () => {
    expect(quantile([4, 1, 3, 2], 0.25)).toBe(1.75);
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([10, 20, 30], 0.99)).toBeCloseTo(29.8);
  });

  it("is the value itself where there is one", () => {
    expect(median([7])).toBe(7);
    expect(quantile([7], 0.25)).toBe(7);
  });

  it("sorts numbers, not their texts", () => {
    expect(median([9, 100, 10])).toBe(10);
  });
});
