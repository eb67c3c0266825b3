import type { ChatModel, ChatRequest, ChatResponse } from "@llamaagent/core";
import type { Journal, StepSpec } from "@llamaagent/runs";

/** A model whose finished answers come from the journal. A call has no effect: it may run again. */
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
      if (opened.state === "open") opened.close(response);
      return response;
    },
    async *stream(request, options) {
      const opened = await journal.open(spec(options.step, request, true));
      if (opened.state === "done") {
        yield { type: "completed", response: opened.result as unknown as ChatResponse };
        return;
      }
      for await (const part of model.stream(request, options)) {
        // Closed before the loop can yield the event that the result is stored with.
        if (part.type === "completed" && opened.state === "open") opened.close(part.response);
        yield part;
      }
    },
  };
}
