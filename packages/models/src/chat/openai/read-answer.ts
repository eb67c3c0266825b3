import { createAnswerBound } from "./bounded-answer.ts";
import type { IdleGuard } from "./idle-guard.ts";
import type { HttpAnswer } from "./post-json.ts";
import { createEventReader, type ServerSentEvent } from "./server-sent-events.ts";

/** What may follow the last event: the end of the chunked body, a few bytes mostly. */
const REST_MAX_BYTES = 16 * 1024;
const REST_MAX_MS = 1000;

export async function readText(answer: HttpAnswer, guard: IdleGuard): Promise<string> {
  const check = createCheck(answer, guard);
  const pieces: Buffer[] = [];
  for await (const piece of piecesOf(answer)) {
    check(piece);
    pieces.push(piece);
  }
  return new TextDecoder().decode(Buffer.concat(pieces));
}

export async function* readEvents(
  answer: HttpAnswer,
  guard: IdleGuard,
): AsyncGenerator<ServerSentEvent> {
  const check = createCheck(answer, guard);
  const reader = createEventReader();
  for await (const piece of piecesOf(answer)) {
    check(piece);
    for (const event of reader.read(piece)) yield event;
  }
  yield* reader.end();
}

/** Not destroyed by who stops reading: that is for `release`. */
function piecesOf({ body }: HttpAnswer): AsyncIterable<Buffer> {
  return body.iterator({ destroyOnReturn: false });
}

function createCheck(answer: HttpAnswer, guard: IdleGuard): (piece: Buffer) => void {
  // Whatever is not JSON may be read as an event stream: some servers do not name its type.
  const isJson = /\bjson\b/.test(String(answer.headers["content-type"]));
  const checkBound = createAnswerBound({ isJson });
  return (piece) => {
    guard.restart();
    checkBound(piece);
  };
}

/**
 * To be called at last, however the reading went. What is left of the answer is given up, and its
 * connection closed; after the last word (`isDone`) it is read for a moment more, so that the
 * connection serves the next call.
 */
export function release({ body }: HttpAnswer, { isDone }: { isDone: boolean }): void {
  if (body.closed) return;
  if (!isDone) return void body.destroy();
  const timer = setTimeout(() => body.destroy(), REST_MAX_MS);
  body.once("close", () => clearTimeout(timer));
  void body.dump({ limit: REST_MAX_BYTES }); // rejects for an aborted signal only: none is given
}
