import {
  AppError,
  type CallOptions,
  type ChatModel,
  type ChatPart,
  type ChatRequest,
  type ChatResponse,
  type ToolCall,
} from "@llamaagent/core";
import { estimateUsage } from "../estimate-usage.ts";
import { createChatCompletions } from "./chat-completions.ts";
import { createIdleGuard } from "./idle-guard.ts";
import { ChatAnswer, ChatChunk, toFinishReason } from "./openai-answer.ts";
import { toModelError } from "./openai-errors.ts";
import { toOpenaiMessage, toOpenaiTool } from "./openai-messages.ts";
import { createToolCallFragments } from "./tool-call-fragments.ts";
import { uniqueToolCallIds } from "../tool-call-ids.ts";

export interface OpenaiChatModelOptions {
  /** `provider/model`, as our side names it. */
  id: string;
  /** As the server names it. */
  model: string;
  /** Ends in `/v1` mostly: `/chat/completions` is added. */
  baseUrl: string;
  apiKey: string | undefined;
  idleTimeoutMs: number;
  limitField: "max_tokens" | "max_completion_tokens";
}

interface RawAnswer {
  content: string;
  calls: ReturnType<ReturnType<typeof createToolCallFragments>["calls"]>;
  finishReason: string;
  usage: { prompt_tokens: number; completion_tokens: number } | null | undefined;
}

/** A model behind the chat completions API (https://platform.openai.com/docs/api-reference/chat). */
export function createOpenaiChatModel(options: OpenaiChatModelOptions): ChatModel {
  const completions = createChatCompletions(options);

  const body = (request: ChatRequest) => ({
    model: options.model,
    messages: request.messages.map(toOpenaiMessage),
    ...(request.tools.length > 0 ? { tools: request.tools.map(toOpenaiTool) } : {}),
    ...(request.maxOutputTokens === undefined
      ? {}
      : { [options.limitField]: request.maxOutputTokens }),
  });

  function toResponse(raw: RawAnswer, request: ChatRequest, step: string): ChatResponse {
    const calls: ToolCall[] = uniqueToolCallIds(raw.calls, { messages: request.messages, step });
    const answer = { content: raw.content, tool_calls: calls };
    return {
      ...answer,
      usage: raw.usage
        ? { input_tokens: raw.usage.prompt_tokens, output_tokens: raw.usage.completion_tokens }
        : estimateUsage(request, answer),
      finish_reason: toFinishReason(raw.finishReason, calls),
      metadata: { model: options.id, ...(raw.usage ? {} : { usage_estimated: true }) },
    };
  }

  async function complete(request: ChatRequest, call: CallOptions): Promise<ChatResponse> {
    const guard = createIdleGuard(call.signal, options.idleTimeoutMs);
    try {
      const answer = ChatAnswer.safeParse(await completions.complete(body(request), guard));
      const choice = answer.data?.choices[0];
      if (!choice) throw malformed();
      const fragments = createToolCallFragments();
      choice.message.tool_calls?.forEach((toolCall, index) =>
        fragments.add({ ...toolCall, index }),
      );
      return toResponse(
        {
          content: choice.message.content ?? choice.message.refusal ?? "",
          calls: fragments.calls(),
          finishReason: choice.finish_reason ?? "stop",
          usage: answer.data?.usage,
        },
        request,
        call.step,
      );
    } catch (error) {
      if (guard.signal.aborted) throw guard.signal.reason;
      throw toModelError(error);
    } finally {
      guard.dispose();
    }
  }

  async function* stream(request: ChatRequest, call: CallOptions): AsyncGenerator<ChatPart> {
    const guard = createIdleGuard(call.signal, options.idleTimeoutMs);
    const fragments = createToolCallFragments();
    let content = "";
    let finishReason: string | undefined;
    let usage: RawAnswer["usage"];
    try {
      const chunks = completions.stream(
        { ...body(request), stream: true, stream_options: { include_usage: true } },
        guard,
      );
      for await (const chunk of chunks) {
        const parsed = ChatChunk.safeParse(chunk);
        if (!parsed.success) throw malformed();
        usage = parsed.data.usage ?? usage;
        const choice = parsed.data.choices[0]; // the last chunk, with the usage, has none
        if (!choice) continue;
        finishReason = choice.finish_reason ?? finishReason;
        for (const fragment of choice.delta?.tool_calls ?? []) fragments.add(fragment);
        const text = choice.delta?.content ?? choice.delta?.refusal ?? "";
        if (text === "") continue;
        content += text;
        guard.pause();
        yield { type: "text", text };
        // What follows may be here already, read with this piece.
        guard.signal.throwIfAborted();
        guard.restart();
      }
      if (finishReason === undefined)
        throw new AppError("model_unavailable", {
          detail: "the model's server ended the stream before the answer was finished",
        });
    } catch (error) {
      if (guard.signal.aborted) throw guard.signal.reason;
      throw toModelError(error);
    } finally {
      guard.dispose();
    }
    const raw = { content, calls: fragments.calls(), finishReason, usage };
    yield { type: "completed", response: toResponse(raw, request, call.step) };
  }

  return { id: options.id, complete, stream };
}

function malformed(): AppError {
  return new AppError("model_unavailable", {
    detail: "the model's server sent an answer of another shape than chat completions have",
  });
}
