import {
  type AgentEvent,
  AppError,
  type ToolExecutor,
  type ToolResult,
  toProblem,
} from "@llamaagent/core";
import { describe, expect, it } from "vitest";
import { callTools } from "./call-tools.ts";

const { signal } = new AbortController();
const call = (name: string) => ({ id: `id-${name}`, name, arguments: { of: name } });

/** Tools that end when the test says so. */
function heldTools() {
  const held = new Map<string, PromiseWithResolvers<ToolResult>>();
  const steps: string[] = [];
  const tools: ToolExecutor = {
    list: () => [],
    call({ name }, { step }) {
      steps.push(step);
      const made = Promise.withResolvers<ToolResult>();
      held.set(name, made);
      return made.promise;
    },
  };
  return { tools, held, steps };
}

function start(tools: ToolExecutor, names: string[]) {
  return callTools({ calls: names.map(call), modelStep: "model/4", tools, signal });
}

async function nextEvent(run: AsyncGenerator<AgentEvent, ToolResult[]>): Promise<string> {
  const step = await run.next();
  return step.done ? "done" : `${step.value.type} ${step.value.step}`;
}

describe("callTools", () => {
  it("runs the calls side by side, yields ends as they happen, returns results in call order", async () => {
    const { tools, held, steps } = heldTools();
    const run = start(tools, ["a", "b"]);
    expect(await nextEvent(run)).toBe("tool_call.started model/4/tools/0");
    expect(await nextEvent(run)).toBe("tool_call.started model/4/tools/1");
    const first = nextEvent(run);
    await Promise.resolve();
    expect(steps).toEqual(["model/4/tools/0", "model/4/tools/1"]);
    held.get("b")?.resolve({ status: "completed", output: "B" });
    expect(await first).toBe("tool_call.completed model/4/tools/1");
    const error = toProblem(new AppError("tool_failed", { detail: "no" }));
    held.get("a")?.resolve({ status: "failed", error });
    expect(await nextEvent(run)).toBe("tool_call.failed model/4/tools/0");
    expect(await run.next()).toEqual({
      done: true,
      value: [
        { status: "failed", error },
        { status: "completed", output: "B" },
      ],
    });
  });

  it("lets the siblings settle before it throws what one call threw", async () => {
    const { tools, held } = heldTools();
    const run = start(tools, ["a", "b", "c"]);
    for (let i = 0; i < 3; i++) await nextEvent(run);
    const next = nextEvent(run);
    await Promise.resolve();
    held.get("c")?.reject(new Error("late in order"));
    held.get("a")?.reject(new Error("suspended"));
    held.get("b")?.resolve({ status: "completed", output: 1 });
    expect(await next).toBe("tool_call.completed model/4/tools/1");
    await expect(run.next()).rejects.toThrow("suspended");
  });

  it("yields what a call emits, in order and before the call's end", async () => {
    const run = start(
      {
        list: () => [],
        async call({ name }, { onEmit }) {
          onEmit?.(`${name}1`);
          await Promise.resolve();
          onEmit?.({ n: 2 });
          return { status: "completed", output: null };
        },
      },
      ["a", "b"],
    );
    const events: AgentEvent[] = [];
    for await (const event of run) events.push(event);
    const ofA = events.filter(({ step }) => step === "model/4/tools/0");
    const which = { tool_call_id: "id-a", name: "a" };
    expect(ofA.slice(1).map(({ type, data }) => [type, data])).toEqual([
      ["tool_call.emitted", { ...which, value: "a1" }],
      ["tool_call.emitted", { ...which, value: { n: 2 } }],
      ["tool_call.completed", { ...which, output: null }],
    ]);
    expect(events).toHaveLength(8);
  });

  it("treats a call that throws at once like one that rejects", async () => {
    const run = start(
      {
        list: () => [],
        call() {
          throw new Error("at once");
        },
      },
      ["a"],
    );
    await nextEvent(run);
    await expect(run.next()).rejects.toThrow("at once");
  });
});
