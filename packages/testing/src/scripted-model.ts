import { setTimeout as sleep } from "node:timers/promises";
import type {
  CallOptions,
  ChatModel,
  ChatPart,
  ChatRequest,
  ChatResponse,
  FinishReason,
  Json,
  TokenUsage,
} from "@llamaagent/core";

export interface ScriptedToolCall {
  /** Left out: `call-<turn>-<index>`. */
  id?: string;
  name: string;
  arguments?: Json;
}

/** One answer of the model. `text` as a list is streamed in those parts. */
export interface ScriptedTurn {
  text?: string | readonly string[];
  toolCalls?: readonly ScriptedToolCall[];
  /** Defaults to 10 in, 5 out. */
  usage?: TokenUsage;
  finishReason?: FinishReason;
  metadata?: ChatResponse["metadata"];
  /** Waits before the first part; the signal cuts it short. */
  delayMs?: number;
  /** Thrown after the text parts. */
  error?: unknown;
}

export type ScriptEntry =
  | string
  | ScriptedTurn
  | ((request: ChatRequest, options: CallOptions) => string | ScriptedTurn);

export interface ScriptedModel extends ChatModel {
  /** Copies of the requests, in the order in which they came. */
  readonly requests: readonly ChatRequest[];
  /** The step of each request. */
  readonly steps: readonly string[];
}

/** An in-process `ChatModel` that plays one entry per call; a call past the end throws. */
export function scriptedModel(script: readonly ScriptEntry[], id = "test/scripted"): ScriptedModel {
  const requests: ChatRequest[] = [];
  const steps: string[] = [];

  async function* stream(request: ChatRequest, options: CallOptions): AsyncGenerator<ChatPart> {
    options.signal.throwIfAborted();
    const index = requests.length;
    requests.push(structuredClone(request));
    steps.push(options.step);
    const entry = script[index];
    if (entry === undefined) throw new Error(`the script has no turn ${index}`);
    const made = typeof entry === "function" ? entry(request, options) : entry;
    const turn: ScriptedTurn = typeof made === "string" ? { text: made } : made;
    if (turn.delayMs !== undefined) await wait(turn.delayMs, options.signal);
    const texts = typeof turn.text === "string" ? [turn.text] : (turn.text ?? []);
    for (const text of texts) yield { type: "text", text };
    if (turn.error !== undefined) throw turn.error;
    yield { type: "completed", response: toResponse(turn, texts, index) };
  }

  return {
    id,
    requests,
    steps,
    stream,
    async complete(request, options) {
      for await (const part of stream(request, options))
        if (part.type === "completed") return part.response;
      throw new Error("the script's turn has no answer");
    },
  };
}

function toResponse(turn: ScriptedTurn, texts: readonly string[], index: number): ChatResponse {
  const toolCalls = (turn.toolCalls ?? []).map((call, i) => ({
    id: call.id ?? `call-${index}-${i}`,
    name: call.name,
    arguments: call.arguments ?? {},
  }));
  return {
    content: texts.join(""),
    tool_calls: toolCalls,
    usage: turn.usage ?? { input_tokens: 10, output_tokens: 5 },
    finish_reason: turn.finishReason ?? (toolCalls.length > 0 ? "tool_calls" : "stop"),
    ...(turn.metadata ? { metadata: turn.metadata } : {}),
  };
}

async function wait(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted(); // the port promises the signal's own reason, not AbortError
    throw error;
  }
}
