import { defineTool, isAppError, type Tool } from "@llamaagent/core";
import { toolExecutorContract } from "@llamaagent/testing/tool-executor.contract";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createToolExecutor } from "./create-tool-executor.ts";

const byName = (tools: readonly { name: string }[]) => tools.map((tool) => tool.name);

toolExecutorContract("createToolExecutor", (tools, context) =>
  createToolExecutor({
    tools: new Map(tools.map((tool) => [tool.name, tool])),
    names: byName(tools),
    context,
  }),
);

const context = { runId: "r", workspace: "/w", now: () => new Date(0) };
const where = defineTool({
  name: "where",
  description: "Where and when",
  input: z.object({}),
  execute: async (_input, { runId, workspace, now }) => [runId, workspace, now().getTime()],
});
const other: Tool = { ...where, name: "other" };
const installed = new Map([where, other].map((tool) => [tool.name, tool]));
const options = { signal: new AbortController().signal, step: "model/0/tools/0" };

describe("createToolExecutor", () => {
  it("offers only the tools that are named, and refuses to call others", async () => {
    const executor = createToolExecutor({ tools: installed, names: ["where"], context });
    expect(byName(executor.list())).toEqual(["where"]);
    const result = await executor.call({ id: "c", name: "other", arguments: {} }, options);
    expect(result).toMatchObject({
      status: "failed",
      error: { code: "tool_not_found", message: "No tool named 'other'. Available: where" },
    });
  });

  it("hands the run's context to the tool", async () => {
    const executor = createToolExecutor({ tools: installed, names: ["where"], context });
    const result = await executor.call({ id: "c", name: "where", arguments: {} }, options);
    expect(result).toEqual({ status: "completed", output: ["r", "/w", 0] });
  });

  it("throws tool_not_found for a name that is not installed", () => {
    let thrown: unknown;
    try {
      createToolExecutor({ tools: installed, names: ["where", "gone"], context });
    } catch (error) {
      thrown = error;
    }
    expect(isAppError(thrown, "tool_not_found") && thrown.message).toBe("No such tool: gone");
  });
});
