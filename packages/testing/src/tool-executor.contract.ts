import {
  AppError,
  defineTool,
  type ProbingToolExecutor,
  type Tool,
  type ToolContext,
  type ToolExecutor,
  type ToolResult,
} from "@llamaagent/core";
import { describe, expect, it } from "vitest";
import { z } from "zod";

const context = { runId: "run-1", workspace: "/nowhere", now: () => new Date(0) };
const never = new AbortController().signal;
const forever = () => new Promise<never>(() => {});

/** Of calls that are over. */
const emitters: ToolContext["emit"][] = [];

/** Tools that do, each in one way, what a tool may do to an executor. */
const tools: Tool[] = [
  defineTool({
    name: "add",
    description: "Adds two numbers",
    input: z.strictObject({ a: z.number(), b: z.number().default(1) }),
    effect: "idempotent",
    execute: async ({ a, b }) => ({ sum: a + b }),
  }),
  fixture("key", async (_input, { idempotencyKey }) => idempotencyKey),
  fixture("nothing", async () => undefined),
  fixture("date", async () => ({ at: new Date(0), gone: undefined })),
  fixture("bigint", async () => 1n),
  fixture("flood", async () => "x".repeat(4_000_000)),
  fixture("cycle", async () => {
    const value: Record<string, unknown> = {};
    value["self"] = value;
    return value;
  }),
  fixture("fail", async () => Promise.reject(new Error("the disk is full"))),
  fixture("fail_at_once", () => {
    throw new Error("at once");
  }),
  fixture("refuse", async () => {
    const errors = [{ pointer: "/a", message: "too old" }];
    throw new AppError("tool_input_invalid", { detail: "no", errors });
  }),
  fixture("emit", async (_input, { emit }) => {
    emit({ at: new Date(0) });
    emit("two");
    return "done";
  }),
  fixture("emit_flood", async (_input, { emit }) => emit("x".repeat(16_383))),
  fixture("emit_function", async (_input, { emit }) => emit(() => 1)),
  fixture("emit_later", async (_input, { emit }) => void emitters.push(emit)),
  { ...fixture("slow", forever), timeoutSeconds: 0.02 },
  fixture("deaf", forever),
  fixture("heeds", async (_input, { signal }) => {
    await new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(new Error("AbortError of its own")));
    });
  }),
  {
    ...fixture("probed", async () => "sent"),
    probe: async (_input, { idempotencyKey }) => ({ outcome: "done", output: idempotencyKey }),
  },
  { ...fixture("probe_fails", async () => 1), probe: () => Promise.reject(new Error("away")) },
];

function fixture(name: string, execute: (input: object, context: ToolContext) => Promise<unknown>) {
  return defineTool({ name, description: name, input: z.strictObject({}), execute });
}

/**
 * What every `ToolExecutor` keeps; call it in one line from the adapter's test. `create` makes an
 * executor of the given tools, all of them callable.
 */
export function toolExecutorContract(
  name: string,
  create: (
    tools: readonly Tool[],
    context: Pick<ToolContext, "runId" | "workspace" | "now">,
  ) => ProbingToolExecutor,
): void {
  const executor = create(tools, context);
  const call = (tool: string, input: unknown = {}, signal = never) =>
    callOf(executor, tool, input, signal);

  describe(`${name}: the contract of a tool executor`, () => {
    it("lists each tool with the JSON Schema of its arguments", () => {
      expect(
        executor
          .list()
          .map((tool) => tool.name)
          .toSorted(),
      ).toEqual(tools.map((tool) => tool.name).toSorted());
      const add = executor.list().find((tool) => tool.name === "add");
      expect(add).toMatchObject({
        description: "Adds two numbers",
        effect: "idempotent",
        parameters: {
          type: "object",
          properties: { a: { type: "number" }, b: { type: "number", default: 1 } },
          required: ["a"],
        },
      });
    });

    it("gives the tool's output, the arguments' defaults filled in", async () => {
      expect(await call("add", { a: 2 })).toEqual({ status: "completed", output: { sum: 3 } });
    });

    it("answers a call of an unknown tool with the names of those there are", async () => {
      const failed = await failureOf(call("subtract"));
      expect(failed.code).toBe("tool_not_found");
      expect(failed.message).toContain("add");
    });

    it("points at each wrong argument", async () => {
      const failed = await failureOf(call("add", { a: "two", c: 3 }));
      expect(failed.code).toBe("tool_input_invalid");
      expect(failed.errors?.map((fault) => fault.pointer)).toEqual(["/a", "/c"]);
      expect((await failureOf(call("add", "{a: 1"))).errors?.map((f) => f.pointer)).toEqual([""]);
    });

    it.each([
      ["fail", "the disk is full"],
      ["fail_at_once", "at once"],
    ])("turns what a tool throws into a failed result (%s)", async (tool, message) => {
      const failed = await failureOf(call(tool));
      expect([failed.code, failed.message]).toEqual(["tool_failed", message]);
      expect(JSON.stringify(failed)).not.toContain(".ts:");
    });

    it("keeps the code and the pointers of a tool's own refusal", async () => {
      const failed = await failureOf(call("refuse"));
      expect([failed.code, failed.errors]).toEqual([
        "tool_input_invalid",
        [{ pointer: "/a", message: "too old" }],
      ]);
    });

    it("gives up a tool that takes longer than its time limit", async () => {
      expect((await failureOf(call("slow"))).code).toBe("tool_timeout");
    });

    it.each(["deaf", "heeds"])(
      "rejects with the reason of an aborted signal (%s)",
      async (tool) => {
        const controller = new AbortController();
        const reason = new Error("cancelled");
        const running = call(tool, {}, controller.signal);
        controller.abort(reason);
        await expect(running).rejects.toBe(reason);
      },
    );

    it("starts nothing where the signal is already aborted", async () => {
      const reason = new AppError("run_timeout");
      await expect(call("add", { a: 1 }, AbortSignal.abort(reason))).rejects.toBe(reason);
    });

    it("gives outputs as JSON carries them", async () => {
      expect(await call("nothing")).toEqual({ status: "completed", output: null });
      const dated = await call("date");
      expect(dated).toStrictEqual({
        status: "completed",
        output: { at: "1970-01-01T00:00:00.000Z" },
      });
    });

    it("fails an output of more than 4 million characters", async () => {
      const failed = await failureOf(call("flood"));
      expect([failed.code, failed.detail]).toEqual([
        "tool_failed",
        "The tool's output has 4000002 characters; at most 4000000 can be kept",
      ]);
    });

    it.each(["bigint", "cycle"])("fails an output that is no JSON value (%s)", async (tool) => {
      expect((await failureOf(call(tool))).code).toBe("tool_failed");
    });

    it("tells what a tool emits, as JSON carries it, before the call ends", async () => {
      const emitted: unknown[] = [];
      const toolCall = { id: "c1", name: "emit", arguments: {} };
      const onEmit = (value: unknown) => emitted.push(value);
      const options = { signal: never, step: "model/0/tools/0", onEmit };
      expect(await executor.call(toolCall, options)).toMatchObject({ output: "done" });
      expect(emitted).toStrictEqual([{ at: "1970-01-01T00:00:00.000Z" }, "two"]);
      // Nobody has to hear it.
      expect(await call("emit")).toMatchObject({ output: "done" });
      await executor.call({ ...toolCall, name: "emit_later" }, options);
      for (const emit of emitters) emit("late");
      expect(emitted).toHaveLength(2);
    });

    it.each(["emit_flood", "emit_function"])(
      "fails the call that emits no such value (%s)",
      async (tool) => {
        const failed = await failureOf(call(tool));
        expect(failed.code).toBe("tool_failed");
        expect(failed.detail).toMatch(/^The tool's emitted value /);
      },
    );

    it("gives every attempt of the same call the same idempotency key", async () => {
      const key = { status: "completed", output: "run-1:model/0/tools/0" };
      expect([await call("key"), await call("key")]).toEqual([key, key]);
    });

    it("asks the tool's probe about an unknown outcome, under the call's key", async () => {
      expect(await probeOf(executor, "probed")).toEqual({
        outcome: "done",
        output: "run-1:model/0/tools/0",
      });
    });

    it.each(["add", "probe_fails", "no_such_tool"])(
      "knows nothing of an outcome without a probe that answers (%s)",
      async (tool) => {
        expect(await probeOf(executor, tool)).toEqual({ outcome: "unknown" });
      },
    );
  });
}

function callOf(executor: ToolExecutor, name: string, input: unknown, signal: AbortSignal) {
  const toolCall = { id: "c1", name, arguments: z.json().parse(input) };
  return executor.call(toolCall, { signal, step: "model/0/tools/0" });
}

function probeOf(executor: ProbingToolExecutor, name: string) {
  const toolCall = { id: "c1", name, arguments: {} };
  return executor.probe(toolCall, { signal: never, step: "model/0/tools/0" });
}

async function failureOf(running: Promise<ToolResult>) {
  const result = await running;
  if (result.status === "completed") throw new Error("the call did not fail");
  return result.error;
}
