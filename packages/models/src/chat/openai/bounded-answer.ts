import { AppError } from "@llamaagent/core";

const MIB = 1024 * 1024;
/** Tens of times what a model can write; a tool call's arguments may come in one line. */
const MAX_LINE_BYTES = 8 * MIB;
const MAX_ANSWER_BYTES = 64 * MIB;
const LF = 10;
const CR = 13;

/**
 * `fetch` whose answers have an end: the client gathers a line, and a whole answer that is not
 * streamed, in memory, however much the server sends. An answer beyond that errors once with
 * `model_answer_invalid`, and the connection is closed.
 */
export async function fetchBounded(
  input: string | URL | Request,
  init?: RequestInit,
): Promise<Response> {
  const response = await fetch(input, init);
  if (!response.body) return response;
  const isJson = /\bjson\b/.test(response.headers.get("content-type") ?? "");
  // Whatever is not JSON may be read as an event stream: some servers do not name its type.
  const body = response.body.pipeThrough(createBound(isJson ? MAX_ANSWER_BYTES : MAX_LINE_BYTES));
  const { status, statusText, headers } = response;
  return new Response(body, { status, statusText, headers });
}

function createBound(maxLineBytes: number): TransformStream<Uint8Array, Uint8Array> {
  let answerBytes = 0;
  let lineBytes = 0;
  return new TransformStream({
    transform(chunk, controller) {
      answerBytes += chunk.length;
      const lastBreak = Math.max(chunk.lastIndexOf(LF), chunk.lastIndexOf(CR));
      lineBytes = lastBreak === -1 ? lineBytes + chunk.length : chunk.length - 1 - lastBreak;
      // Thrown: the reader gets it, and the pipe cancels what it reads from.
      if (answerBytes > MAX_ANSWER_BYTES) throw tooLong(`${MAX_ANSWER_BYTES / MIB} MiB`);
      if (lineBytes > maxLineBytes) throw tooLong(`${maxLineBytes / MIB} MiB without a line break`);
      controller.enqueue(chunk);
    },
  });
}

function tooLong(what: string): AppError {
  return new AppError("model_answer_invalid", {
    detail: `the model's server sent more than ${what}`,
  });
}
