import { z } from "zod";
import type { Message, ToolCall } from "./message.ts";
import type { JsonObject } from "./json.ts";

export const TokenUsage = z.object({
  input_tokens: z.number().int().min(0),
  output_tokens: z.number().int().min(0),
});
export type TokenUsage = z.infer<typeof TokenUsage>;

/** What a model is told of a tool: JSON Schema of its arguments. */
export interface ToolSpec {
  name: string;
  description: string;
  parameters: JsonObject;
}

export interface ChatRequest {
  messages: Message[];
  tools: ToolSpec[];
  /** Upper bound for the answer, in tokens. */
  maxOutputTokens?: number;
}

export type FinishReason = "stop" | "tool_calls" | "length" | "content_filter";

export interface ChatResponse {
  content: string;
  tool_calls: ToolCall[];
  usage: TokenUsage;
  finish_reason: FinishReason;
  /** What the provider says of itself, e.g. `{ offline: true }`; copied to the message's metadata. */
  metadata?: JsonObject;
}

/** The joined texts equal `response.content`; `completed` comes last, exactly once. */
export type ChatPart =
  | { type: "text"; text: string }
  | { type: "completed"; response: ChatResponse };

export interface CallOptions {
  signal: AbortSignal;
  /**
   * Where in the run this call stands, e.g. `model/0` or `model/0/tools/call-2`: equal in every
   * replay. Adapters ignore it; the durable decorators use it as the step's key.
   */
  step: string;
}

/**
 * A chat model. Errors are `AppError`s with a code of the catalogue (`model_unavailable`,
 * `model_timeout`, `model_rate_limited`, `model_rejected`). An aborted signal rejects with its reason.
 */
export interface ChatModel {
  /** `provider/model`, e.g. `openai/gpt-4o-mini`. */
  readonly id: string;
  complete(request: ChatRequest, options: CallOptions): Promise<ChatResponse>;
  stream(request: ChatRequest, options: CallOptions): AsyncIterable<ChatPart>;
}
