import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { StreamLimits } from "../../api-dependencies.ts";
import type { StreamFrame } from "./stream-frames.ts";

export interface EventStreamOptions extends StreamLimits {
  /** Aborts when the reader is gone or the server closes. */
  signal: AbortSignal;
  /** Breaks the answer off: without an end the client knows that there is more, and resumes. */
  cutOff: () => void;
}

/**
 * Sends events as text/event-stream until they end (https://html.spec.whatwg.org/multipage/server-sent-events.html).
 * The next event is asked for when the socket has taken the one before, so a slow reader costs one event
 * and the socket's buffer (read from Postgres: a page of 1 MiB). One that takes nothing for `stallMs` is
 * cut off, within twice that time; one that takes a part of a large event is not. So is one whose event finds
 * no room beside what others have not taken.
 */
export async function sendEventStream(
  response: ServerResponse,
  events: AsyncIterable<StreamFrame>,
  { signal, cutOff, heartbeatMs, stallMs, unsent }: EventStreamOptions,
): Promise<void> {
  response.writeHead(200, {
    "content-type": "text/event-stream",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
  });
  response.flushHeaders();
  const heartbeat = setInterval(() => {
    if (!response.writableNeedDrain) response.write(":\n\n");
  }, heartbeatMs);
  // Node calls it where not one byte has left meanwhile.
  response.setTimeout(stallMs, () => {
    if (response.writableNeedDrain) cutOff();
  });
  try {
    for await (const event of events) {
      if (signal.aborted) break;
      // JSON text holds no line break, so it is one data line.
      if (response.write(`id: ${event.id}\nevent: ${event.type}\ndata: ${event.data}\n\n`))
        continue;
      const letGo = unsent.hold(response.writableLength);
      if (letGo === undefined) return cutOff();
      await once(response, "drain", { signal }).finally(letGo);
    }
    response.end();
  } catch (error) {
    cutOff();
    if (!isAbort(error)) throw error;
  } finally {
    clearInterval(heartbeat);
  }
}

/** The reader is gone, or it took nothing in time. */
function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}
