import { expect, it } from "vitest";
import { createOpenSteps, readOpenSteps } from "./open-steps.ts";

it("names the steps that are open, from another thread's view of the memory", () => {
  const steps = createOpenSteps();
  const [closeFirst, closeSecond] = [steps.open("run-1 model/0 m"), steps.open("run-2 …/tools/0")];
  expect(readOpenSteps(steps.buffer)).toEqual(["run-1 model/0 m", "run-2 …/tools/0"]);
  closeFirst();
  steps.open("run-3 model/1 m");
  closeFirst();
  expect(readOpenSteps(steps.buffer)).toEqual(["run-3 model/1 m", "run-2 …/tools/0"]);
  closeSecond();
  expect(readOpenSteps(steps.buffer)).toEqual(["run-3 model/1 m"]);
});

it("cuts a long name at a whole character, and leaves out what finds no room", () => {
  const steps = createOpenSteps();
  steps.open(`${"x".repeat(190)}€`);
  expect(readOpenSteps(steps.buffer)).toEqual(["x".repeat(190)]);
  const closers = Array.from({ length: 1_100 }, (_, n) => steps.open(`step ${n}`));
  expect(readOpenSteps(steps.buffer)).toHaveLength(1_024);
  for (const close of closers) close();
  expect(readOpenSteps(steps.buffer)).toHaveLength(1);
});
