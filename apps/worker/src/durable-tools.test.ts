import {
  AppError,
  type Effect,
  type Json,
  type ProbeOutcome,
  type ProbingToolExecutor,
  RunSuspended,
  type ToolResult,
  toProblem,
} from "@llamaagent/core";
import type { Journal, StepSpec } from "@llamaagent/runs";
import { describe, expect, it } from "vitest";
import { durableTools } from "./durable-tools.ts";

const toolCall = { id: "c", name: "send", arguments: { to: "a" } };
const options = { signal: new AbortController().signal, step: "model/0/tools/0" };
const done: ToolResult = { status: "completed", output: "sent" };

const late: ToolResult = {
  status: "failed",
  error: toProblem(new AppError("tool_timeout")),
};

function durable(
  state: "open" | "done" | "unknown",
  probe?: ProbeOutcome | ProbeOutcome[],
  { effect = "idempotent", result = done }: { effect?: Effect; result?: ToolResult } = {},
) {
  const events: string[] = [];
  const closed: unknown[] = [];
  const specs: StepSpec[] = [];
  const suspended: string[] = [];
  const probes = [probe ?? []].flat();
  const open = { state: "open" as const, close: (result: unknown) => void closed.push(result) };
  const journal: Journal = {
    async open(spec) {
      specs.push(spec);
      if (state === "done") return { state, result: done as unknown as Json }; // JSON it is
      return state === "open" ? open : { state };
    },
    reopen: async () => (events.push("reopened"), open),
    suspend: (key) => {
      suspended.push(key);
      throw new RunSuspended(suspended);
    },
    suspended: () => suspended,
    unknown: () => [],
    messageId: () => "m",
  };
  const info = { name: "send", description: "", parameters: {}, effect };
  const tools: ProbingToolExecutor = {
    list: () => [info],
    call: async () => (events.push("called"), result),
    probe: async () => (events.push("probed"), probes.shift() ?? { outcome: "unknown" }),
  };
  return { events, closed, specs, suspended, tools: durableTools(tools, journal) };
}

describe("durable tools", () => {
  it("call a step that is open, and store its result", async () => {
    const { events, closed, specs, tools } = durable("open");
    expect(await tools.call(toolCall, options)).toEqual(done);
    expect(events).toEqual(["called"]);
    expect(closed).toEqual([done]);
    expect(specs).toEqual([
      {
        key: "model/0/tools/0",
        kind: "tool",
        name: "send",
        effect: "idempotent",
        input: { to: "a" },
        hasEvents: true,
      },
    ]);
    await tools.call({ ...toolCall, name: "not installed" }, options);
    expect(specs[1]).toMatchObject({ name: "not installed", effect: "none" });
  });

  it("answer a finished step from the journal", async () => {
    const { events, tools } = durable("done");
    expect(await tools.call(toolCall, options)).toEqual(done);
    expect(events).toEqual([]);
  });

  it("ask the target about an unknown outcome: done is stored and not repeated", async () => {
    const { events, closed, tools } = durable("unknown", { outcome: "done", output: "before" });
    expect(await tools.call(toolCall, options)).toEqual({ status: "completed", output: "before" });
    expect(events).toEqual(["probed", "reopened"]);
    expect(closed).toEqual([{ status: "completed", output: "before" }]);
  });

  it("call again what the target says was not done", async () => {
    const { events, closed, tools } = durable("unknown", { outcome: "not_done" });
    expect(await tools.call(toolCall, options)).toEqual(done);
    expect(events).toEqual(["probed", "reopened", "called"]);
    expect(closed).toEqual([done]);
  });

  it("ask the target about an unsafe call that took too long, or let the run wait", async () => {
    const unsafe = { effect: "unsafe", result: late } as const;
    const unknown = durable("open", undefined, unsafe);
    await expect(unknown.tools.call(toolCall, options)).rejects.toThrow(RunSuspended);
    expect(unknown.closed).toEqual([]);
    const took = durable("open", { outcome: "done", output: "after all" }, unsafe);
    expect(await took.tools.call(toolCall, options)).toMatchObject({ output: "after all" });
    expect(took.closed).toEqual([{ status: "completed", output: "after all" }]);
    const failed = durable("open", { outcome: "not_done" }, unsafe);
    expect(await failed.tools.call(toolCall, options)).toEqual(late);
    expect(failed.closed).toEqual([late]);
  });

  it("ask again where a call that the target had not done took too long as well", async () => {
    const again = durable("unknown", [{ outcome: "not_done" }, { outcome: "unknown" }], {
      effect: "unsafe",
      result: late,
    });
    await expect(again.tools.call(toolCall, options)).rejects.toThrow(RunSuspended);
    expect(again.events).toEqual(["probed", "reopened", "called", "probed"]);
    expect(again.closed).toEqual([]);
  });

  it("tell the model that a harmless call took too long", async () => {
    const { events, closed, tools } = durable("open", undefined, { result: late });
    expect(await tools.call(toolCall, options)).toEqual(late);
    expect(events).toEqual(["called"]);
    expect(closed).toEqual([late]);
  });

  it("let the run wait where the target does not know either", async () => {
    const { events, suspended, tools } = durable("unknown");
    await expect(tools.call(toolCall, options)).rejects.toThrow(RunSuspended);
    expect(suspended).toEqual(["model/0/tools/0"]);
    expect(events).toEqual(["probed"]);
  });
});
