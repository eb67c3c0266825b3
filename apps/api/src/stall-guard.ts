import type { Socket } from "node:net";
import { beneathTls } from "./beneath-tls.ts";

/** Watches connections for clients that take nothing of what is under way to them. */
export interface StallGuard {
  /** From now until it closes; of one that is watched already nothing changes. */
  watch(socket: Socket): void;
  close(): void;
}

/** Cuts off whoever takes nothing for `stallMs`, whatever it sends meanwhile, within twice that time. */
export function createStallGuard(options: {
  stallMs: number;
  cutOff: (socket: Socket) => void;
}): StallGuard {
  /** What had left when it was last looked at; undefined where nothing waited. */
  const seen = new Map<Socket, number | undefined>();
  const look = (): void => {
    for (const [socket, before] of seen) {
      const left = socket.writableLength > 0 ? bytesLeft(socket) : undefined;
      seen.set(socket, left);
      if (left !== undefined && left === before) options.cutOff(socket);
    }
  };
  // After a freeze of this process timers come first, and what its clients have made room for leaves then.
  const timer = setInterval(() => setImmediate(look), options.stallMs);
  timer.unref();
  return {
    watch(socket) {
      if (seen.has(socket) || socket.destroyed) return;
      seen.set(socket, undefined);
      socket.once("close", () => seen.delete(socket));
    },
    close: () => clearInterval(timer),
  };
}

/**
 * Bytes that the system has taken. Node's own time-out looks at this field too: the public ones count a
 * write until the whole of it has left, which may be an event of many MB, and the time-out itself begins
 * anew with each byte that comes in. Under TLS those of the connection beneath: OpenSSL encrypts the whole of a write at
 * once, and what the TLS socket has then changes when the last of it has left.
 */
function bytesLeft(socket: Socket): number | undefined {
  const { _handle: handle } = beneathTls(socket) as { _handle?: Record<Counter, number> | null };
  return handle ? handle.bytesWritten - handle.writeQueueSize : undefined;
}
type Counter = "bytesWritten" | "writeQueueSize";
