import { afterEach, describe, expect, it, vi } from "vitest";
import { seededRandom, testSeed } from "./seeded-random.ts";

afterEach(() => vi.unstubAllEnvs());

describe("seededRandom", () => {
  it("gives the numbers of mulberry32", () => {
    const random = seededRandom(1);
    expect([random(), random(), random()].map((n) => n * 2 ** 32)).toEqual([
      2_693_262_067, 11_749_833, 2_265_367_787,
    ]);
  });

  it("stays between 0 and 1, evenly", () => {
    const random = seededRandom(20_261_124);
    const numbers = Array.from({ length: 10_000 }, random);
    expect(numbers.every((n) => n >= 0 && n < 1)).toBe(true);
    const tenths = Array.from(
      { length: 10 },
      (_, tenth) => numbers.filter((n) => Math.floor(n * 10) === tenth).length,
    );
    expect(Math.min(...tenths)).toBeGreaterThan(900);
  });
});

describe("testSeed", () => {
  it("is the one of TEST_SEED", () => {
    vi.stubEnv("TEST_SEED", "42");
    expect(testSeed()).toBe(42);
  });

  it("refuses what is no number", () => {
    vi.stubEnv("TEST_SEED", "0x2a");
    expect(testSeed).toThrow("TEST_SEED is to be a whole number, not '0x2a'");
  });

  it("is another each time where none is given", () => {
    vi.stubEnv("TEST_SEED", undefined);
    expect(testSeed()).not.toBe(testSeed());
  });
});
