import { expect, it } from "vitest";
import { createMovingRate } from "./moving-rate.ts";

it("counts over a minute, and over less where there is less", () => {
  let now = 5_000;
  const rate = createMovingRate({ monotonicMs: () => now });
  expect(rate.perSecond()).toBe(0);
  rate.add(10);
  expect(rate.perSecond()).toBe(10);
  now += 1_000;
  rate.add(20);
  expect(rate.perSecond()).toBe(15);
  now += 58_000;
  expect(rate.perSecond()).toBe(0.5);
  now += 1_000;
  expect(rate.perSecond()).toBe(20 / 60);
  now += 1_000;
  expect(rate.perSecond()).toBe(0);
  rate.add(60);
  now += 3_600_000;
  expect(rate.perSecond()).toBe(0);
});
