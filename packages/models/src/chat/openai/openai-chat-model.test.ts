import type { ChatRequest } from "@llamaagent/core";
import { chatModelContract } from "@llamaagent/testing/chat-model.contract";
import { type FakeOpenAi, type FakeScript, startFakeOpenAi } from "@llamaagent/testing/fake-openai";
import type { Fault, Turn } from "@llamaagent/testing/fake-openai-turn";
import { afterEach, describe, expect, it } from "vitest";
import { createOpenaiChatModel } from "./openai-chat-model.ts";

const weather = { name: "weather", description: "Weather of a city", parameters: {} };
const contractScript: FakeScript = ({ userText, turn }) =>
  userText === "Weather?" && turn === 0
    ? {
        toolCalls: [
          { name: "weather", arguments: { city: "Berlin" }, id: "same" },
          { name: "weather", arguments: { city: "Rome" }, id: "same" },
        ],
      }
    : { text: "One two three, four five six, seven." };

function modelAt(baseUrl: string, more: { apiKey?: string; idleTimeoutMs?: number } = {}) {
  return createOpenaiChatModel({
    id: "openai/fake-model",
    model: "fake-model",
    baseUrl,
    apiKey: more.apiKey,
    idleTimeoutMs: more.idleTimeoutMs ?? 5000,
    limitField: "max_tokens",
  });
}

chatModelContract({
  name: "openai on the fake OpenAI server",
  async create() {
    const fake = await startFakeOpenAi({ script: contractScript });
    return { model: modelAt(fake.url), close: () => fake.close() };
  },
  question: "Count.",
  toolQuestion: {
    request: { messages: [{ role: "user", content: "Weather?" }], tools: [weather] },
    results: () => "sunny",
  },
  createUnreachable: () => Promise.resolve(modelAt("http://127.0.0.1:1/v1")),
});

const hello: ChatRequest = { messages: [{ role: "user", content: "Hello" }], tools: [] };
const options = { signal: new AbortController().signal, step: "model/3" };
let fake: FakeOpenAi | undefined;
afterEach(async () => {
  await fake?.close();
  fake = undefined;
});

async function startWith(turn: Turn, more: { apiKey?: string; idleTimeoutMs?: number } = {}) {
  fake = await startFakeOpenAi({ script: [turn] });
  return modelAt(fake.url, more);
}

describe("openai chat model", () => {
  it("gives the texts as they come and the usage of the last chunk", async () => {
    const model = await startWith({
      chunks: ["Hel", "lo ", "you"],
      usage: { prompt_tokens: 12, completion_tokens: 3 },
    });
    expect(await Array.fromAsync(model.stream(hello, options))).toEqual([
      { type: "text", text: "Hel" },
      { type: "text", text: "lo " },
      { type: "text", text: "you" },
      {
        type: "completed",
        response: {
          content: "Hello you",
          tool_calls: [],
          usage: { input_tokens: 12, output_tokens: 3 },
          finish_reason: "stop",
          metadata: { model: "openai/fake-model" },
        },
      },
    ]);
  });

  it("estimates the usage, and says so, where the server sends none", async () => {
    const model = await startWith({ text: "Hello you", usage: "missing" });
    const response = await model.complete(hello, options);
    expect(response.usage).toEqual({ input_tokens: 2, output_tokens: 3 });
    expect(response.metadata).toEqual({ model: "openai/fake-model", usage_estimated: true });
    const streamed = (await Array.fromAsync(model.stream(hello, options))).at(-1);
    expect(streamed).toEqual({ type: "completed", response });
  });

  const parallel: Turn = {
    text: "Looking.",
    toolCalls: [
      { name: "read_file", arguments: { path: "a/rather/long/path.md", start_line: 10 } },
      { name: "search_files", arguments: '{"query": "brok', id: "given" },
      { name: "now", arguments: "", id: "missing" },
    ],
  };
  const parallelCalls = [
    {
      id: "call_0_0",
      name: "read_file",
      arguments: { path: "a/rather/long/path.md", start_line: 10 },
    },
    { id: "given", name: "search_files", arguments: '{"query": "brok' },
    { id: "call_model_3_2", name: "now", arguments: {} },
  ];

  it("puts the fragments of parallel tool calls together", async () => {
    const model = await startWith(parallel);
    const parts = await Array.fromAsync(model.stream(hello, options));
    expect(parts.at(-1)).toMatchObject({
      response: { content: "Looking.", tool_calls: parallelCalls, finish_reason: "tool_calls" },
    });
  });

  it("takes tool calls of an answer that is not streamed", async () => {
    const model = await startWith(parallel);
    const response = await model.complete(hello, options);
    expect(response).toMatchObject({ tool_calls: parallelCalls, finish_reason: "tool_calls" });
  });

  it("sends the conversation, the tools and the bound in the API's shapes", async () => {
    const model = await startWith({ text: "ok" });
    const tools = [{ name: "now", description: "The time", parameters: { type: "object" } }];
    await model.complete(
      {
        messages: [
          { role: "system", content: "Be brief." },
          {
            role: "user",
            content: [
              { type: "text", text: "Hi \ud800" },
              { type: "json", json: { a: [1] } },
            ],
          },
          {
            role: "assistant",
            content: "",
            tool_calls: [{ id: "c1", name: "now", arguments: {} }],
          },
          { role: "tool", content: "12:00", tool_call_id: "c1" },
        ],
        tools,
        maxOutputTokens: 50,
      },
      options,
    );
    expect(fake?.requests[0]).toMatchObject({
      model: "fake-model",
      maxTokens: 50,
      toolNames: ["now"],
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: 'Hi \ufffd\n{"a":[1]}' },
        {
          role: "assistant",
          content: null,
          tool_calls: [{ id: "c1", type: "function", function: { name: "now", arguments: "{}" } }],
        },
        { role: "tool", content: "12:00", tool_call_id: "c1" },
      ],
    });
  });
});

const status = (code: number, message = "no"): Fault => ({ kind: "status", status: code, message });

describe("openai chat model, when the server fails", () => {
  it.each<[string, Turn, string]>([
    ["answers 400", { fault: status(400, "unknown model") }, "model_rejected"],
    ["answers 404", { fault: status(404) }, "model_rejected"],
    ["answers 408", { fault: status(408) }, "model_timeout"],
    ["answers 429", { fault: status(429) }, "model_rate_limited"],
    ["answers 500", { fault: status(500) }, "model_unavailable"],
    ["answers 503", { fault: status(503) }, "model_unavailable"],
    ["resets the connection", { fault: { kind: "reset" } }, "model_unavailable"],
    ["says nothing", { fault: { kind: "silent" } }, "model_timeout"],
    ["answers no JSON", { fault: { kind: "malformed" } }, "model_unavailable"],
    ["answers nothing", { fault: { kind: "cut" } }, "model_unavailable"],
  ])("%s", async (_name, turn, code) => {
    const model = await startWith(turn, { idleTimeoutMs: 300 });
    await expect(model.complete(hello, options)).rejects.toMatchObject({ code });
    await expect(Array.fromAsync(model.stream(hello, options))).rejects.toMatchObject({ code });
    expect(fake?.calls).toHaveLength(2);
  });

  it.each<[string, Exclude<Fault["kind"], "status">, string]>([
    ["cuts", "cut", "model_unavailable"],
    ["resets", "reset", "model_unavailable"],
    ["falls silent in", "silent", "model_timeout"],
    ["sends no JSON in", "malformed", "model_unavailable"],
    ["reports an error in", "error", "model_unavailable"],
  ])("%s the stream after two pieces", async (_name, kind, code) => {
    const chunks = ["a", "b", "c", "d"];
    const fault = { kind, afterChunks: 2 };
    const model = await startWith({ chunks, fault, chunkDelayMs: 20 }, { idleTimeoutMs: 400 });
    let text = "";
    const reading = (async () => {
      for await (const part of model.stream(hello, options))
        text += part.type === "text" ? part.text : "(completed)";
    })();
    await expect(reading).rejects.toMatchObject({ code });
    // A reset discards what is still under way.
    expect(kind === "reset" ? "ab".startsWith(text) : text === "ab").toBe(true);
  });

  it("passes the provider's words and its wait on", async () => {
    const fault: Fault = {
      kind: "status",
      status: 429,
      message: "slow down",
      retryAfterSeconds: 7,
    };
    const model = await startWith({ fault });
    await expect(model.complete(hello, options)).rejects.toMatchObject({
      message: "the model's provider answered 429: slow down",
      retryAfterSeconds: 7,
    });
  });

  it("never shows the key", async () => {
    fake = await startFakeOpenAi({ script: [], apiKey: "right" });
    const model = modelAt(fake.url, { apiKey: "wrong-secret" });
    await expect(model.complete(hello, options)).rejects.toMatchObject({
      code: "model_rejected",
      message: "the model's provider answered 401: Incorrect API key provided: [key].",
    });
  });

  it("does not take a slow reader for a silent server", async () => {
    const model = await startWith({ chunks: ["a", "b"] }, { idleTimeoutMs: 100 });
    const seen: string[] = [];
    for await (const part of model.stream(hello, options)) {
      seen.push(part.type);
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    expect(seen).toEqual(["text", "text", "completed"]);
  });
});
