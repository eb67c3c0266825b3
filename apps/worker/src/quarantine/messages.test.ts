import type { Clock } from "@llamaagent/core";
import { expect, it } from "vitest";
import { fromMachineMs, toMachineMs } from "./messages.ts";

it("tells a moment of one process's clock to another's", () => {
  const clock = (zero: number): Clock => ({
    now: () => new Date(),
    monotonicMs: () => performance.now() - zero,
  });
  // The same moment: 5,000 ms after the zero of one is 3,000 ms after the zero of the other.
  const machineMs = toMachineMs(5_000, clock(1_000));
  expect(fromMachineMs(machineMs, clock(3_000))).toBeCloseTo(3_000, -2);
});
