import {
  AgentDefinition,
  type AgentEvent,
  AppError,
  type ChatModel,
  isAppError,
  type Json,
  type ToolExecutor,
} from "@llamaagent/core";
import { scriptedModel } from "@llamaagent/testing/scripted-model";
import { describe, expect, it } from "vitest";
import type { AgentOutcome } from "./ports.ts";
import { defaultPrompting } from "./prompting/default.ts";
import { runAgent } from "./run-agent.ts";

const echo: ToolExecutor = {
  list: () => [
    { name: "echo", description: "Echo", parameters: { type: "object" }, effect: "none" },
  ],
  call: ({ arguments: input }) => Promise.resolve({ status: "completed", output: input }),
};

function start(
  model: ChatModel,
  options: { limits?: Json; tools?: ToolExecutor; signal?: AbortSignal } = {},
) {
  return runAgent({
    agent: AgentDefinition.parse({ name: "a", model: "test/x", limits: options.limits }),
    task: { messages: [{ role: "user", content: "Go" }], history: [], files: [] },
    ports: {
      model,
      tools: options.tools ?? echo,
      prompting: defaultPrompting,
      messageId: (step) => `m-${step}`,
    },
    signal: options.signal ?? new AbortController().signal,
  });
}

async function readAll(run: AsyncGenerator<AgentEvent, AgentOutcome>) {
  const events: AgentEvent[] = [];
  for (;;) {
    const step = await run.next();
    if (step.done) return { events, outcome: step.value };
    events.push(step.value);
  }
}

const asksEcho = (n: number, id?: string) => ({
  toolCalls: [{ name: "echo", arguments: { n }, ...(id ? { id } : {}) }],
});

describe("runAgent", () => {
  it("goes from model to tools to answer, with every event in its place", async () => {
    const model = scriptedModel([
      { ...asksEcho(1), text: "Let me see.", metadata: { offline: true } },
      { text: ["It is", "", " one."] },
    ]);
    const { events, outcome } = await readAll(start(model));
    const call = { id: "call-0-0", name: "echo", arguments: { n: 1 } };
    expect(events).toEqual([
      {
        type: "message.started",
        data: { message_id: "m-model/0", role: "assistant" },
        step: "model/0",
      },
      {
        type: "message.delta",
        data: { message_id: "m-model/0", text: "Let me see." },
        step: "model/0",
      },
      {
        type: "message.completed",
        data: {
          message_id: "m-model/0",
          role: "assistant",
          content: "Let me see.",
          tool_calls: [call],
          metadata: { offline: true },
        },
        step: "model/0",
      },
      { type: "usage.updated", data: { input_tokens: 10, output_tokens: 5 } },
      {
        type: "tool_call.started",
        data: { tool_call_id: "call-0-0", name: "echo", arguments: { n: 1 } },
        step: "model/0/tools/0",
      },
      {
        type: "tool_call.completed",
        data: { tool_call_id: "call-0-0", name: "echo", output: { n: 1 } },
        step: "model/0/tools/0",
      },
      {
        type: "message.started",
        data: { message_id: "m-model/1", role: "assistant" },
        step: "model/1",
      },
      { type: "message.delta", data: { message_id: "m-model/1", text: "It is" }, step: "model/1" },
      { type: "message.delta", data: { message_id: "m-model/1", text: " one." }, step: "model/1" },
      {
        type: "message.completed",
        data: { message_id: "m-model/1", role: "assistant", content: "It is one.", tool_calls: [] },
        step: "model/1",
      },
      { type: "usage.updated", data: { input_tokens: 20, output_tokens: 10 } },
    ]);
    expect(outcome).toEqual({
      stop_reason: "completed",
      output: "It is one.",
      messages: [
        {
          id: "m-model/0",
          role: "assistant",
          content: "Let me see.",
          tool_calls: [call],
          metadata: { offline: true },
        },
        { role: "tool", tool_call_id: "call-0-0", content: '{"n":1}' },
        { id: "m-model/1", role: "assistant", content: "It is one." },
      ],
      usage: { input_tokens: 20, output_tokens: 10 },
    });
    expect(model.requests[1]?.messages).toEqual([
      { role: "user", content: "Go" },
      ...outcome.messages.slice(0, 2),
    ]);
    expect(model.steps).toEqual(["model/0", "model/1"]);
    expect(model.requests[0]?.tools).toEqual([
      { name: "echo", description: "Echo", parameters: { type: "object" } },
    ]);
  });

  it("emits no deltas where the answer comes without text parts, as in a replay", async () => {
    const model: ChatModel = {
      ...scriptedModel([]),
      async *stream() {
        yield {
          type: "completed",
          response: {
            content: "stored",
            tool_calls: [],
            usage: { input_tokens: 1, output_tokens: 1 },
            finish_reason: "stop",
          },
        };
      },
    };
    const { events, outcome } = await readAll(start(model));
    expect(events.map((event) => event.type)).toEqual([
      "message.started",
      "message.completed",
      "usage.updated",
    ]);
    expect(outcome.output).toBe("stored");
  });

  it("refuses an answer that differs from what was streamed", async () => {
    const honest = scriptedModel([{ text: ["other ", "answer"] }]);
    const model: ChatModel = {
      ...honest,
      async *stream(request, options) {
        for await (const part of honest.stream(request, options))
          if (part.type === "completed" || part.text !== "answer") yield part;
      },
    };
    await expect(readAll(start(model))).rejects.toThrow("differs from its answer");
  });

  it("stops at max_steps model calls, every tool call answered", async () => {
    const model = scriptedModel([asksEcho(1), { ...asksEcho(2), text: "more" }, asksEcho(3)]);
    const { outcome } = await readAll(start(model, { limits: { max_steps: 2 } }));
    expect(model.requests).toHaveLength(2);
    expect(outcome.stop_reason).toBe("max_steps");
    expect(outcome.output).toBe("more");
    expect(outcome.messages.map((message) => message.role)).toEqual([
      "assistant",
      "tool",
      "assistant",
      "tool",
    ]);
  });

  it("makes no model call once max_tokens are used, and passes on what remains", async () => {
    const usage = { input_tokens: 40, output_tokens: 20 };
    const model = scriptedModel([{ ...asksEcho(1), usage }, { ...asksEcho(2), usage }, "too late"]);
    const run = readAll(start(model, { limits: { max_tokens: 120 } }));
    await expect(run).rejects.toSatisfy((error) => isAppError(error, "budget_exceeded"));
    expect(model.requests.map((request) => request.maxOutputTokens)).toEqual([120, 60]);
  });

  it("counts every call and answer apart where the model repeats an id", async () => {
    const model = scriptedModel([
      { toolCalls: [1, 2].map((n) => ({ id: "x", name: "echo", arguments: { n } })) },
      asksEcho(3, "x"),
      "done",
    ]);
    const { events, outcome } = await readAll(start(model));
    const answers = outcome.messages.filter((message) => message.role === "tool");
    expect(answers.map((message) => [message.tool_call_id, message.content])).toEqual([
      ["x", '{"n":1}'],
      ["call_0_1", '{"n":2}'],
      ["call_1_0", '{"n":3}'],
    ]);
    const started = events.filter((event) => event.type === "tool_call.started");
    expect(started.map((event) => event.data.tool_call_id)).toEqual(["x", "call_0_1", "call_1_0"]);
  });

  it("keeps the whole output in the event where the prompt gets a cut one", async () => {
    const long = "y".repeat(500_000);
    const tools: ToolExecutor = {
      ...echo,
      call: async () => ({ status: "completed", output: long }),
    };
    const model = scriptedModel([asksEcho(1), "done"]);
    const { events } = await readAll(start(model, { tools }));
    const end = events.find((event) => event.type === "tool_call.completed");
    expect(end?.data.output).toBe(long);
    expect(model.requests[1]?.messages.at(-1)?.content).toHaveLength(400_045);
  });

  it("says in the message's metadata that an answer was cut short", async () => {
    const model = scriptedModel([{ text: "half an ans", finishReason: "length" }]);
    const { outcome } = await readAll(start(model));
    expect(outcome.messages[0]?.metadata).toEqual({ finish_reason: "length" });
  });

  it("rethrows a model's error and an aborted signal's reason", async () => {
    const failing = scriptedModel([{ text: "a", error: new AppError("model_unavailable") }]);
    await expect(readAll(start(failing))).rejects.toSatisfy((error) =>
      isAppError(error, "model_unavailable"),
    );
    const cancelled = new Error("cancelled");
    const untouched = scriptedModel(["never"]);
    const run = readAll(start(untouched, { signal: AbortSignal.abort(cancelled) }));
    await expect(run).rejects.toBe(cancelled);
    expect(untouched.requests).toEqual([]);
  });

  it("starts no model call once the signal is aborted, whatever the ports make of it", async () => {
    const controller = new AbortController();
    const reason = new Error("cancelled");
    const script = scriptedModel([asksEcho(1), "too late"]);
    const deaf: ChatModel = {
      ...script,
      stream: (request, { step }) =>
        script.stream(request, { step, signal: new AbortController().signal }),
    };
    const tools: ToolExecutor = {
      ...echo,
      call(toolCall, options) {
        controller.abort(reason);
        return echo.call(toolCall, options);
      },
    };
    await expect(readAll(start(deaf, { tools, signal: controller.signal }))).rejects.toBe(reason);
    expect(script.requests).toHaveLength(1);
  });

  it("takes a stream that an abort ended without an error as aborted", async () => {
    const controller = new AbortController();
    const reason = new Error("cancelled");
    const model: ChatModel = {
      ...scriptedModel([]),
      async *stream() {
        yield { type: "text", text: "a" };
        controller.abort(reason);
      },
    };
    await expect(readAll(start(model, { signal: controller.signal }))).rejects.toBe(reason);
  });

  it("takes a stream that ends without an answer as a model that is away", async () => {
    const model: ChatModel = {
      ...scriptedModel([]),
      async *stream() {
        yield { type: "text", text: "a" };
      },
    };
    await expect(readAll(start(model))).rejects.toThrow("broke off");
  });

  it("refuses an answer with more than 128 tool calls", async () => {
    const answer = (count: number) =>
      scriptedModel([{ toolCalls: Array.from({ length: count }, () => ({ name: "echo" })) }, "ok"]);
    const refused = readAll(start(answer(129)));
    await expect(refused).rejects.toMatchObject({ code: "model_answer_invalid" });
    expect((await readAll(start(answer(128)))).outcome.output).toBe("ok");
  });
});
