import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { StreamLimits } from "../../api-dependencies.ts";
import { heldByFrame, toChunk } from "../../reader-memory.ts";
import type { StreamFrame } from "./stream-frames.ts";

export interface EventStreamOptions extends Pick<StreamLimits, "heartbeatMs" | "memory"> {
  /** Aborts when the reader is gone or the server closes. */
  signal: AbortSignal;
  /** Breaks the answer off: without an end the client knows that there is more, and resumes. */
  cutOff: () => void;
}

/**
 * Sends events as text/event-stream until they end (https://html.spec.whatwg.org/multipage/server-sent-events.html).
 * The next event is asked for when the socket has taken the one before, so a slow reader costs one event
 * and the socket's buffer (read from Postgres: a page of 64 KiB). It is cut off where all readers together
 * hold too much.
 */
export async function sendEventStream(
  response: ServerResponse,
  events: AsyncIterable<StreamFrame>,
  { signal, cutOff, heartbeatMs, memory }: EventStreamOptions,
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
  const place = memory.underWay(cutOff);
  try {
    for await (const event of events) {
      if (signal.aborted) break;
      if (response.write(toBlock(event))) continue;
      place.hold(heldByFrame(event));
      await once(response, "drain", { signal });
      place.hold(0);
    }
    response.end();
  } catch (error) {
    cutOff();
    if (!isAbort(error)) throw error;
  } finally {
    clearInterval(heartbeat);
    place.close();
  }
}

/** JSON text holds no line break, so it is one data line. */
function toBlock({ id, type, data }: StreamFrame): string | Buffer {
  return toChunk(`id: ${id}\nevent: ${type}\ndata: ${data}\n\n`);
}

/** The reader is gone, or it took nothing in time. */
function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}
