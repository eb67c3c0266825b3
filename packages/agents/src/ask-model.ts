import {
  type AgentEvent,
  AppError,
  assertNever,
  type ChatRequest,
  type ChatResponse,
} from "@llamaagent/core";
import type { AgentPorts } from "./ports.ts";

/**
 * One streamed model call as events. Where the answer comes from a journal there are no text parts,
 * and so no deltas: whoever replays has them already.
 */
export async function* askModel(options: {
  request: ChatRequest;
  step: string;
  messageId: string;
  model: AgentPorts["model"];
  signal: AbortSignal;
}): AsyncGenerator<AgentEvent, ChatResponse> {
  const { request, step, messageId, model, signal } = options;
  yield {
    type: "message.started",
    data: { message_id: messageId, role: "assistant" },
    step,
  };
  let streamed = "";
  let response: ChatResponse | undefined;
  for await (const part of model.stream(request, { signal, step })) {
    switch (part.type) {
      case "text":
        if (part.text === "") break;
        streamed += part.text;
        yield { type: "message.delta", data: { message_id: messageId, text: part.text }, step };
        break;
      case "completed":
        response = part.response;
        break;
      default:
        assertNever(part);
    }
  }
  if (response === undefined) {
    signal.throwIfAborted(); // some clients end an aborted stream without an error
    throw new AppError("model_unavailable", { detail: "The model's answer broke off" });
  }
  if (streamed !== "" && streamed !== response.content)
    throw new AppError("internal", {
      detail: `The text streamed by ${model.id} differs from its answer`,
    });
  return response;
}
