import type { ChatModel, ChatPart, ChatResponse } from "@llamaagent/core";
import type { Journal } from "@llamaagent/runs";
import { describe, expect, it } from "vitest";
import { durableModel } from "./durable-model.ts";

const request = { messages: [], tools: [] };
const options = { signal: new AbortController().signal, step: "model/0" };
const MOST = 4_000_000;

const answer = (content: string, argument = ""): ChatResponse => ({
  content,
  tool_calls: argument === "" ? [] : [{ id: "c", name: "t", arguments: { argument } }],
  usage: { input_tokens: 1, output_tokens: 1 },
  finish_reason: "stop",
});

function durable(response: ChatResponse, texts: readonly string[] = []) {
  const closed: unknown[] = [];
  const model: ChatModel = {
    id: "fake/model",
    complete: async () => response,
    async *stream(): AsyncGenerator<ChatPart> {
      for (const text of texts) yield { type: "text", text };
      yield { type: "completed", response };
    },
  };
  const journal: Journal = {
    open: async () => ({ state: "open", close: (result) => void closed.push(result) }),
    reopen: () => Promise.reject(new Error("not asked for")),
    suspend: () => {
      throw new Error("not asked for");
    },
    suspended: () => [],
    unknown: () => [],
    messageId: () => "m",
  };
  return { closed, model: durableModel(model, journal) };
}

const tooLong = {
  code: "model_answer_invalid",
  message: "The model's answer has more than 4000000 characters",
};

describe("an answer of a durable model", () => {
  it("may have 4 million characters of text and calls", async () => {
    const most = "a".repeat(MOST - "[]".length);
    const { model, closed } = durable(answer(most), [most]);
    expect(await model.complete(request, options)).toEqual(answer(most));
    expect(await Array.fromAsync(model.stream(request, options))).toHaveLength(2);
    expect(closed).toHaveLength(2);
  });

  it.each([
    ["text", answer("a".repeat(MOST))],
    ["calls", answer("", "a".repeat(MOST))],
  ])("is refused and not stored with more: %s", async (_what, response) => {
    const { model, closed } = durable(response);
    await expect(model.complete(request, options)).rejects.toMatchObject(tooLong);
    await expect(Array.fromAsync(model.stream(request, options))).rejects.toMatchObject(tooLong);
    expect(closed).toEqual([]);
  });

  it("is given up at the part with which it has more", async () => {
    const million = "a".repeat(1_000_000);
    const { model } = durable(answer(""), Array(9).fill(million));
    let parts = 0;
    const reading = (async () => {
      for await (const _part of model.stream(request, options)) parts += 1;
    })();
    await expect(reading).rejects.toMatchObject(tooLong);
    expect(parts).toBe(4);
  });
});
