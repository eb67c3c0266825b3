import type { WebSocket } from "@fastify/websocket";
import { errorCatalogue, isAppError } from "@llamaagent/core";
import type { StreamLimits } from "../../api-dependencies.ts";
import { heldByFrame, toChunk } from "../../reader-memory.ts";
import type { StreamFrame } from "./stream-frames.ts";

export interface SendFrames extends StreamLimits {
  /** Aborts when the reader is gone or the server closes. */
  signal: AbortSignal;
}

/** A reader's frames that its connection has not taken; past it no more are asked for. */
const BUFFERED_BYTES_MAX = 64 * 1_024;
/** What a reader has to answer a close before its connection is cut. */
const CLOSE_MS = 1_000;

/**
 * Sends frames as messages `{ id, event, data }` until they end, then closes: 1000 after the run's end,
 * 1001 where the server closes, 1003 to a reader that sends something, 1008 or 1011 with an error's code
 * as the reason (1008 where trying again would not help). A reader that leaves a ping unanswered for
 * `stallMs` is cut off, within twice that time, and so is one that takes its frames slowest where all
 * readers together hold too much. Throws what the frames throw, but for what 1008 tells its reader.
 */
export async function sendFrames(
  socket: WebSocket,
  frames: AsyncIterable<StreamFrame>,
  { signal, heartbeatMs, stallMs, memory }: SendFrames,
): Promise<void> {
  const close = (code: number, reason: string): void => {
    socket.close(code, reason);
    setTimeout(() => socket.terminate(), CLOSE_MS).unref();
  };
  const onAbort = (): void => close(1001, "the server closes");
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort);
  socket.once("message", () => close(1003, "this stream takes no messages"));

  let unansweredMs = 0;
  socket.on("pong", () => (unansweredMs = 0));
  const heartbeat = setInterval(() => {
    // Its answer would have to wait until the reader has taken what is under way, which has its own limit.
    if (socket.bufferedAmount > 0) return;
    if (unansweredMs === 0) socket.ping();
    else if (unansweredMs >= stallMs) socket.terminate();
    unansweredMs += heartbeatMs;
  }, heartbeatMs);
  socket.once("close", () => clearInterval(heartbeat));

  const place = memory.underWay(() => socket.terminate());
  try {
    for await (const frame of frames) {
      if (socket.readyState !== socket.OPEN) return;
      const taken = new Promise<void>((resolve) =>
        socket.send(toMessage(frame), { binary: false }, () => resolve()),
      );
      if (socket.bufferedAmount <= BUFFERED_BYTES_MAX) continue;
      place.hold(heldByFrame(frame));
      await taken;
      place.hold(0);
    }
    // It takes what is under way at its own pace; an end of the server's cuts that short.
    socket.close(1000, "the run has ended");
  } catch (error) {
    const isRefused = isAppError(error) && errorCatalogue[error.code].status < 500;
    close(isRefused ? 1008 : 1011, isAppError(error) ? error.code : "internal");
    if (!isRefused) throw error;
  } finally {
    place.close();
  }
}

/** The data is JSON text already. */
function toMessage({ id, type, data }: StreamFrame): string | Buffer {
  return toChunk(`{"id":"${id}","event":"${type}","data":${data}}`);
}
