import {
  type CallOptions,
  type ChatModel,
  type ChatPart,
  type ChatRequest,
  type ChatResponse,
  type JsonObject,
} from "@llamaagent/core";
import { setImmediate as nextTurn } from "node:timers/promises";
import { estimateUsage } from "../estimate-usage.ts";
import { uniqueToolCallIds } from "../tool-call-ids.ts";
import { answerQuestion } from "./answer-question.ts";
import { type Answer, refusal } from "./compose-answer.ts";
import { readConversation } from "./conversation-lines.ts";
import { directAnswer, planDirectCall } from "./direct-questions.ts";
import { observe } from "./observations.ts";
import { planCalls } from "./plan-calls.ts";
import type { PlannedCall } from "./planned-call.ts";
import { parseQuestion } from "./question.ts";
import { isUnspaced } from "./unspaced-script.ts";

const ID = "offline/extractive";

/**
 * A model without a model: it reads the agent's files through the agent's tools, ranks their
 * passages against the question (BM25) and answers with the best ones, quoted. Equal requests get
 * equal answers.
 */
export function createExtractiveChatModel(): ChatModel {
  async function* stream(request: ChatRequest, call: CallOptions): AsyncGenerator<ChatPart> {
    call.signal.throwIfAborted();
    const next = think(request);
    let content = "";
    let isCut = false;
    for (const part of next.answer.parts) {
      // Between two parts a cancel can come through.
      await nextTurn();
      call.signal.throwIfAborted();
      const room = 4 * (request.maxOutputTokens ?? Infinity) - content.length; // 4 characters a token
      isCut = part.length > room;
      const text = isCut ? part.slice(0, room) : part;
      content += text;
      if (text !== "") yield { type: "text", text };
      if (isCut) break;
    }
    call.signal.throwIfAborted();
    yield { type: "completed", response: toResponse(request, call.step, next, { content, isCut }) };
  }

  return {
    id: ID,
    stream,
    async complete(request, call) {
      for await (const part of stream(request, call))
        if (part.type === "completed") return part.response;
      throw new Error("the stream ended without an answer");
    },
  };
}

interface NextStep {
  calls: PlannedCall[];
  answer: Pick<Answer, "parts" | "sources"> & Partial<Answer>;
}

function think(request: ChatRequest): NextStep {
  const { messages, tools } = request;
  const lastUser = messages.findLastIndex((message) => message.role === "user");
  const seen = observe(messages.slice(lastUser + 1));
  const { question: text, texts } = readConversation(messages, lastUser);

  const direct = planDirectCall(text, tools);
  if (direct) {
    const said = directAnswer(direct, seen);
    if (said === undefined) return { calls: [direct], answer: { parts: [], sources: [] } };
    return { calls: [], answer: { parts: [said.text], sources: [], answered: said.answered } };
  }
  if (isUnspaced(text))
    return {
      calls: [],
      answer: refusal(
        "The offline model finds words by the spaces between them, so it cannot answer this " +
          `question: ${text}`,
      ),
    };
  const question = parseQuestion(text);
  const calls = planCalls(question, new Set(tools.map((tool) => tool.name)), seen);
  if (calls.length > 0) return { calls, answer: { parts: [], sources: [] } };
  return { calls: [], answer: answerQuestion(question, seen, texts) };
}

function toResponse(
  request: ChatRequest,
  step: string,
  { calls, answer }: NextStep,
  { content, isCut }: { content: string; isCut: boolean },
): ChatResponse {
  const toolCalls = uniqueToolCallIds(
    calls.map((call) => ({ ...call, id: undefined })),
    { messages: request.messages, step },
  );
  const metadata: JsonObject = {
    offline: true,
    model: ID,
    usage_estimated: true,
    ...(answer.answered === undefined ? {} : { answered: answer.answered }),
    ...(answer.sources.length > 0 ? { sources: answer.sources } : {}),
  };
  return {
    content,
    tool_calls: toolCalls,
    usage: estimateUsage(request, { content, tool_calls: toolCalls }),
    finish_reason: isCut ? "length" : calls.length > 0 ? "tool_calls" : "stop",
    metadata,
  };
}
