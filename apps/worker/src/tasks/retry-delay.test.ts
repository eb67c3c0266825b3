import { expect, it } from "vitest";
import { retryDelaySeconds } from "./retry-delay.ts";

it("doubles up to an hour, and is spread by a fifth", () => {
  const delays = (random: number) =>
    [1, 2, 3, 12, 13, 5_000].map((attempt) => retryDelaySeconds(attempt, () => random));
  expect(delays(0.5)).toEqual([1, 2, 4, 2_048, 3_600, 3_600]);
  expect(delays(0)).toEqual([0.8, 1.6, 3.2, 1_638.4, 2_880, 2_880]);
  expect(retryDelaySeconds(1, () => 0.999_999)).toBeCloseTo(1.2, 5);
});
