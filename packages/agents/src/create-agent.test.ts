import { AppError, isAppError, type ToolExecutor } from "@llamaagent/core";
import { scriptedModel } from "@llamaagent/testing/scripted-model";
import { describe, expect, it } from "vitest";
import { createAgent } from "./create-agent.ts";

const newId = () => "run-1";

describe("createAgent", () => {
  it("runs a task and gives every reader all events", async () => {
    const agent = createAgent({ name: "a", model: scriptedModel(["Hello."]), newId });
    const run = agent.run("Hi");
    const first: string[] = [];
    for await (const event of run) first.push(event.type);
    expect(first).toEqual([
      "message.started",
      "message.delta",
      "message.completed",
      "usage.updated",
    ]);
    expect(await run.result).toEqual({
      stop_reason: "completed",
      output: "Hello.",
      messages: [{ id: "run-1/model/0", role: "assistant", content: "Hello." }],
      usage: { input_tokens: 10, output_tokens: 5 },
    });
    const second: string[] = [];
    for await (const event of run) second.push(event.type);
    expect(second).toEqual(first);
  });

  it("gives instructions, files and history to the model", async () => {
    const model = scriptedModel(["ok"]);
    const agent = createAgent({ name: "a", model, instructions: "Be brief." });
    const history = [{ role: "user" as const, content: "Earlier" }];
    await agent.run([{ role: "user", content: "Now" }], { history, files: ["a.md"] }).result;
    expect(model.requests[0]?.messages).toEqual([
      { role: "system", content: "Be brief.\n\nFiles in the workspace:\n- a.md" },
      { role: "user", content: "Earlier" },
      { role: "user", content: "Now" },
    ]);
  });

  it("makes the tools anew for each run, under the run's id", async () => {
    const ids = ["r1", "r2"];
    const made: string[] = [];
    const tools = (runId: string): ToolExecutor => {
      made.push(runId);
      return { list: () => [], call: async () => ({ status: "completed", output: runId }) };
    };
    const model = scriptedModel([{ toolCalls: [{ name: "id" }] }, "a", "b"]);
    const agent = createAgent({ name: "a", model, tools, newId: () => ids.shift() ?? "" });
    const { messages } = await agent.run("1").result;
    expect(messages[1]?.content).toBe("r1");
    await agent.run("2").result;
    expect(made).toEqual(["r1", "r2"]);
  });

  it("tells a model that calls a tool of its own making that there is none", async () => {
    const model = scriptedModel([{ toolCalls: [{ name: "web" }] }, "Then not."]);
    const { messages, output } = await createAgent({ name: "a", model }).run("Hi").result;
    expect(messages[1]?.content).toBe(
      '{"error":{"code":"tool_not_found","message":"No tool named \'web\'"}}',
    );
    expect(output).toBe("Then not.");
  });

  it("rejects the result and ends every reader with the error of a failed run", async () => {
    const error = new AppError("model_rejected");
    const run = createAgent({ name: "a", model: scriptedModel([{ text: "x", error }]) }).run("Hi");
    const types: string[] = [];
    const read = (async () => {
      for await (const event of run) types.push(event.type);
    })();
    await expect(read).rejects.toBe(error);
    expect(types).toEqual(["message.started", "message.delta"]);
    await expect(run.result).rejects.toBe(error);
  });

  it("stops with the signal's reason", async () => {
    const controller = new AbortController();
    const model = scriptedModel([{ text: "late", delayMs: 60_000 }]);
    const run = createAgent({ name: "a", model }).run("Hi", { signal: controller.signal });
    const reason = new Error("enough");
    controller.abort(reason);
    await expect(run.result).rejects.toBe(reason);
  });

  it("ends as run_timeout at its time limit, also where the model ignores its signal", async () => {
    const silent = {
      async next() {
        return new Promise<never>(() => {});
      },
    };
    const deaf = { ...scriptedModel([]), stream: () => ({ [Symbol.asyncIterator]: () => silent }) };
    const agent = createAgent({ name: "a", model: deaf, limits: { timeout_seconds: 1 } });
    await expect(agent.run("Hi").result).rejects.toSatisfy((e) => isAppError(e, "run_timeout"));
  });

  it("names every wrong option", () => {
    const options = { name: "no spaces", model: scriptedModel([]), limits: { max_steps: 0 } };
    let thrown: unknown;
    try {
      createAgent(options);
    } catch (error) {
      thrown = error;
    }
    const pointers = isAppError(thrown, "invalid_request") ? thrown.errors : undefined;
    expect(pointers?.map((fault) => fault.pointer)).toEqual(["/name", "/limits/max_steps"]);
  });
});
