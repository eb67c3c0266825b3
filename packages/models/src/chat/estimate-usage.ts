import {
  type ChatRequest,
  type ChatResponse,
  messageText,
  type TokenUsage,
} from "@llamaagent/core";

/**
 * Tokens by length where nobody counted them: 4 characters each, OpenAI's rule of thumb for English
 * (https://help.openai.com/en/articles/4936856). Whoever uses it flags the usage as estimated.
 */
export function estimateUsage(
  request: ChatRequest,
  answer: Pick<ChatResponse, "content" | "tool_calls">,
): TokenUsage {
  const input = [
    ...request.messages.map((message) => messageText(message) + callsText(message.tool_calls)),
    ...request.tools.map((tool) => JSON.stringify(tool)),
  ];
  return {
    input_tokens: input.reduce((sum, text) => sum + estimateTokens(text), 0),
    output_tokens: estimateTokens(answer.content + callsText(answer.tool_calls)),
  };
}

function estimateTokens(text: string): number {
  return Math.ceil(text.length / 4);
}

function callsText(calls: ChatResponse["tool_calls"] | undefined): string {
  return calls?.map((call) => call.name + JSON.stringify(call.arguments)).join("") ?? "";
}
