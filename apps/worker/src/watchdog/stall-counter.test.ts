import { expect, it } from "vitest";
import { createStallCounter } from "./stall-counter.ts";

it("calls a loop stalled after so many beats without one of its own, and counts anew with each", () => {
  const counter = createStallCounter(3);
  const beats = [0, 0, 0, 1, 1, 1, 1, 2];
  expect(beats.map((beat) => counter.isStalled(beat))).toEqual([
    false,
    false,
    false,
    false,
    false,
    false,
    true,
    false,
  ]);
});
