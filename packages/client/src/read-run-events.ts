import { connectionFailed, readBody, send, type ApiRequest } from "./http.ts";
import { LlamaAgentError } from "./llama-agent-error.ts";
import type { RunEvent } from "./run-event.ts";
import type { Runtime } from "./runtime.ts";
import { createSseParser, type SseEvent } from "./sse-parser.ts";

/**
 * One connection: the events until the server ends it. A cut, or silence longer than the server's
 * heartbeat allows, throws `connection_failed`. `onBytes` is called for each piece that arrives.
 */
export async function* readRunEvents(
  runtime: Runtime,
  request: ApiRequest,
  onBytes: () => void,
): AsyncGenerator<RunEvent> {
  const connection = new AbortController();
  const onAbort = () => connection.abort(request.signal?.reason);
  const silence = () => connection.abort(new Error(`silent for ${runtime.silenceMs / 1000} s`));
  let timer = setTimeout(silence, runtime.silenceMs);
  request.signal?.addEventListener("abort", onAbort);
  try {
    request.signal?.throwIfAborted();
    const response = await sendOnce(runtime, request, connection.signal);
    if (!response.body || !response.headers.get("content-type")?.startsWith("text/event-stream"))
      throw new LlamaAgentError("invalid_answer", {
        detail: `the answer of ${request.path} is no event stream: is this a LlamaAgent server?`,
        status: response.status,
      });
    const parser = createSseParser();
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await readBody(runtime, request.signal, () => reader.read());
      if (done) return;
      clearTimeout(timer);
      timer = setTimeout(silence, runtime.silenceMs);
      onBytes();
      for (const event of parser.push(value)) yield toRunEvent(event);
    }
  } finally {
    clearTimeout(timer);
    request.signal?.removeEventListener("abort", onAbort);
    connection.abort(); // lets go of the socket, also when the caller stops in the middle
  }
}

async function sendOnce(
  runtime: Runtime,
  request: ApiRequest,
  signal: AbortSignal,
): Promise<Response> {
  try {
    return await send(runtime, {
      ...request,
      signal,
      headers: { ...request.headers, accept: "text/event-stream, application/problem+json" },
    });
  } catch (error) {
    // `send` throws its signal's reason: the caller's own abort passes, silence is a lost connection.
    request.signal?.throwIfAborted();
    throw error instanceof LlamaAgentError ? error : connectionFailed(runtime, error);
  }
}

function toRunEvent(event: SseEvent): RunEvent {
  try {
    // The type and its fields are the server's promise: generated from the schemas that it sends by.
    return { id: event.id, type: event.type, data: JSON.parse(event.data) } as RunEvent;
  } catch (cause) {
    throw new LlamaAgentError("invalid_answer", {
      detail: `the event ${event.id} (${event.type}) is not JSON`,
      cause,
    });
  }
}
