import type { ChatModel, ChatPart, ChatRequest, ChatResponse, Message } from "@llamaagent/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

export interface ChatModelContract {
  name: string;
  /** A reason to skip the suite; with REQUIRE_SERVICES=1 it fails instead. */
  missing?: string | undefined;
  create(): Promise<{ model: ChatModel; close?: () => Promise<void> }>;
  /** A question that is answered in several parts of text, without tools. */
  question: string;
  /**
   * A question that is answered with tool calls first, and with text once they are answered. Left
   * out where the model behind the adapter cannot be relied on to call tools.
   */
  toolQuestion?: { request: ChatRequest; results: (call: { name: string }) => string };
  /** A model of the same adapter whose server is not there; left out where there is no server. */
  createUnreachable?: () => Promise<ChatModel>;
}

/** What every `ChatModel` keeps; call it in one line from the adapter's test. */
export function chatModelContract(contract: ChatModelContract): void {
  const required = process.env["REQUIRE_SERVICES"] === "1";
  const suite = `${contract.name}: the contract of a chat model`;
  describe.skipIf(contract.missing !== undefined && !required)(
    contract.missing === undefined ? suite : `${suite} (missing: ${contract.missing})`,
    () => cases(contract),
  );
}

function cases(contract: ChatModelContract): void {
  const { question, toolQuestion, createUnreachable } = contract;
  const request: ChatRequest = { messages: [{ role: "user", content: question }], tools: [] };
  const signal = new AbortController().signal;
  let model: ChatModel;
  let close: (() => Promise<void>) | undefined;

  beforeAll(async () => {
    if (contract.missing !== undefined) throw new Error(contract.missing);
    ({ model, close } = await contract.create());
  });
  afterAll(() => close?.());

  it("is named provider/model", () => {
    expect(model.id).toMatch(/^[^/\s]+\/\S+$/);
  });

  it("streams texts that join to the content, and completes once, at the end", async () => {
    const parts = await collect(model.stream(request, { signal, step: "model/0" }));
    const texts = parts.flatMap((part) => (part.type === "text" ? [part.text] : []));
    const ends = parts.flatMap((part) => (part.type === "completed" ? [part.response] : []));
    expect(texts.length).toBeGreaterThan(1);
    expect(ends).toHaveLength(1);
    expect(parts.at(-1)?.type).toBe("completed");
    expect(ends[0]?.content).toBe(texts.join(""));
    expectAnswer(ends[0]);
  });

  it("completes with text, usage and the reason of its end", async () => {
    expectAnswer(await model.complete(request, { signal, step: "model/0" }));
  });

  it("keeps to the bound of the answer", async () => {
    const bounded = { ...request, maxOutputTokens: 2 };
    const parts = await collect(model.stream(bounded, { signal, step: "model/0" }));
    expect(parts.at(-1)).toMatchObject({ response: { finish_reason: "length" } });
    const whole = await model.complete(bounded, { signal, step: "model/0" });
    expect(whole.finish_reason).toBe("length");
  });

  it("rejects with the signal's reason when it is aborted in the middle of a stream", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const seen: ChatPart[] = [];
    const reading = (async () => {
      const stream = model.stream(request, { signal: controller.signal, step: "model/0" });
      for await (const part of stream) {
        seen.push(part);
        controller.abort(reason);
      }
    })();
    await expect(reading).rejects.toBe(reason);
    expect(seen.map((part) => part.type)).not.toContain("completed");
  });

  it("rejects with the signal's reason when it was aborted before", async () => {
    const reason = new Error("too late");
    const options = { signal: AbortSignal.abort(reason), step: "model/0" };
    await expect(model.complete(request, options)).rejects.toBe(reason);
    await expect(collect(model.stream(request, options))).rejects.toBe(reason);
  });

  if (toolQuestion)
    it("calls tools, takes their answers and ends with text", async () => {
      const messages = [...toolQuestion.request.messages];
      const ids: string[] = [];
      let answer: ChatResponse | undefined;
      let rounds = 0;
      for (; rounds < 5; rounds++) {
        const next = { ...toolQuestion.request, messages };
        answer = await last(model.stream(next, { signal, step: `model/${rounds}` }));
        if (answer.tool_calls.length === 0) break;
        expect(answer.finish_reason).toBe("tool_calls");
        ids.push(...answer.tool_calls.map((call) => call.id));
        messages.push(...callsAndResults(answer, toolQuestion.results));
      }
      expect(rounds).toBeGreaterThan(0);
      expectAnswer(answer);
      expect(ids).not.toContain("");
      expect(new Set(ids).size).toBe(ids.length);
      const offered = toolQuestion.request.tools.map((tool) => tool.name);
      const called = messages.flatMap((message) => message.tool_calls ?? []);
      for (const call of called) {
        expect(offered).toContain(call.name);
        expect(call.arguments).toBeTypeOf("object");
      }
    });

  if (createUnreachable)
    it("says model_unavailable where no server answers", async () => {
      const away = await createUnreachable();
      const options = { signal, step: "model/0" };
      const unavailable = { name: "AppError", code: "model_unavailable" };
      await expect(away.complete(request, options)).rejects.toMatchObject(unavailable);
      await expect(collect(away.stream(request, options))).rejects.toMatchObject(unavailable);
    });
}

function expectAnswer(answer: ChatResponse | undefined): void {
  expect(answer).toMatchObject({ tool_calls: [], finish_reason: "stop" });
  expect(answer?.content).not.toBe("");
  expect(answer?.usage.input_tokens).toBeGreaterThan(0);
  expect(answer?.usage.output_tokens).toBeGreaterThan(0);
}

function callsAndResults(
  answer: ChatResponse,
  results: (call: { name: string }) => string,
): Message[] {
  const { content, tool_calls } = answer;
  return [
    { role: "assistant", content, tool_calls },
    ...tool_calls.map((call) => ({
      role: "tool" as const,
      tool_call_id: call.id,
      content: results(call),
    })),
  ];
}

async function collect(stream: AsyncIterable<ChatPart>): Promise<ChatPart[]> {
  return Array.fromAsync(stream);
}

async function last(stream: AsyncIterable<ChatPart>): Promise<ChatResponse> {
  const part = (await collect(stream)).at(-1);
  if (part?.type !== "completed") throw new Error("the stream did not complete");
  return part.response;
}
