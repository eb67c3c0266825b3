import { AppError } from "@llamaagent/core";
import { type ClaimedRun, RunCancelled } from "@llamaagent/runs";
import { expect, it } from "vitest";
import { createRunControl } from "../run-control.ts";
import { createSlots } from "../slots.ts";
import { waitInLine } from "./wait-in-line.ts";

function waiting(secondsLeft: number) {
  let now = 0;
  const control = createRunControl({
    lease: { waitUntilValid: async () => {} },
    cancelWatch: { look: async () => {} },
  });
  const claimed = { secondsLeft } as ClaimedRun; // it looks at nothing else
  const clock = { now: () => new Date(), monotonicMs: () => now };
  const slots = createSlots(0);
  const wait = waitInLine(claimed, control, clock);
  return { control, slots, wait, pass: (ms: number) => void (now += ms) };
}

it("gives a place when one is free, and takes the time off that was waited", async () => {
  const { slots, wait, pass } = waiting(60);
  const acquired = wait.acquire(slots);
  pass(10_000);
  slots.release();
  expect(await acquired).toBe(true);
  expect(wait.remaining().secondsLeft).toBe(50);
  pass(70_000);
  expect(wait.remaining().secondsLeft).toBe(0);
});

it("ends with a cancellation or a shutdown, without a place", async () => {
  const cancelled = waiting(60);
  const first = cancelled.wait.acquire(cancelled.slots);
  cancelled.control.abort(new RunCancelled());
  expect(await first).toBe(false);
  cancelled.slots.release();
  expect(cancelled.slots.free).toBe(1);
  const stopped = waiting(60);
  const second = stopped.wait.acquire(stopped.slots);
  stopped.control.drain();
  expect(await second).toBe(false);
});

it("ends the run as overdue with the end of its time", async () => {
  const { control, slots, wait } = waiting(0.02);
  expect(await wait.acquire(slots)).toBe(false);
  expect(control.signal.reason).toEqual(new AppError("run_timeout"));
});
