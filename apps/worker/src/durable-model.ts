import { AppError, type ChatModel, type ChatRequest, type ChatResponse } from "@llamaagent/core";
import type { Journal, StepSpec } from "@llamaagent/runs";

/** As of a tool's output: an answer is stored, streamed and kept in memory for readers. */
const ANSWER_CHARACTERS_MAX = 4_000_000;

/**
 * A model whose finished answers come from the journal. A call has no effect: it may run again.
 * Throws `model_answer_invalid` at more than 4 million characters of text and tool calls.
 */
export function durableModel(model: ChatModel, journal: Journal): ChatModel {
  const spec = (key: string, input: ChatRequest, hasEvents: boolean): StepSpec => ({
    key,
    kind: "model",
    name: model.id,
    effect: "none",
    input,
    hasEvents,
  });
  return {
    id: model.id,
    async complete(request, options) {
      const opened = await journal.open(spec(options.step, request, false));
      // Written by close below, from a ChatResponse.
      if (opened.state === "done") return opened.result as unknown as ChatResponse;
      const response = await model.complete(request, options);
      assertBounded(response);
      if (opened.state === "open") opened.close(response);
      return response;
    },
    async *stream(request, options) {
      const opened = await journal.open(spec(options.step, request, true));
      if (opened.state === "done") {
        yield { type: "completed", response: opened.result as unknown as ChatResponse };
        return;
      }
      let characters = 0;
      for await (const part of model.stream(request, options)) {
        if (part.type === "completed") assertBounded(part.response);
        else assertWithin((characters += part.text.length));
        // Closed before the loop can yield the event that the result is stored with.
        if (part.type === "completed" && opened.state === "open") opened.close(part.response);
        yield part;
      }
    },
  };
}

function assertBounded({ content, tool_calls }: ChatResponse): void {
  assertWithin(content.length + JSON.stringify(tool_calls).length);
}

function assertWithin(characters: number): void {
  if (characters > ANSWER_CHARACTERS_MAX)
    throw new AppError("model_answer_invalid", {
      detail: `The model's answer has more than ${ANSWER_CHARACTERS_MAX} characters`,
    });
}
