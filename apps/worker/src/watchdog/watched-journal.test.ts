import type { Journal, StepSpec } from "@llamaagent/runs";
import { expect, it } from "vitest";
import { createOpenSteps, readOpenSteps } from "./open-steps.ts";
import { watchedJournal } from "./watched-journal.ts";

const spec = (key: string): StepSpec => ({
  key,
  kind: "tool",
  name: "send",
  effect: "none",
  input: {},
  hasEvents: true,
});

it("has a step open from where it begins to where it is closed, or its run is over", async () => {
  const closed: unknown[] = [];
  const open = { state: "open" as const, close: (result: unknown) => void closed.push(result) };
  const journal: Journal = {
    open: async ({ key }) => (key === "done" ? { state: "done", result: 1 } : open),
    reopen: async () => open,
    suspend: () => {
      throw new Error("not asked");
    },
    suspended: () => [],
    unknown: () => [],
    messageId: () => "m",
  };
  const steps = createOpenSteps();
  const watched = watchedJournal(journal, "run-1", steps);
  expect(await watched.open(spec("done"))).toEqual({ state: "done", result: 1 });
  expect(readOpenSteps(steps.buffer)).toEqual([]);

  const first = await watched.open(spec("a"));
  await watched.open(spec("b"));
  await watched.reopen(spec("c"));
  expect(readOpenSteps(steps.buffer)).toEqual(["run-1 a send", "run-1 b send", "run-1 c send"]);
  if (first.state === "open") first.close("result");
  expect(closed).toEqual(["result"]);
  expect(readOpenSteps(steps.buffer)).toEqual(["run-1 b send", "run-1 c send"]);
  watched.closeAll();
  expect(readOpenSteps(steps.buffer)).toEqual([]);
});
