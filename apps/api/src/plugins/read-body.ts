import { AppError } from "@llamaagent/core";

const FIRST_BYTES = 16 * 1024;

export interface BodyBounds {
  maxBytes: number;
  /** The Content-Length, where there is one. */
  declaredBytes?: number | undefined;
  /** Told how much memory the body is to have in all, before it takes it; what it throws ends the reading. */
  hold?: (bytes: number) => void;
}

/**
 * Copies a body into one buffer. Kept as chunks, a body in HTTP chunks of one byte would hold hundreds
 * of times its size: each is an object, and a view that keeps what came with it from the socket.
 * What came decides how large the buffer is, at most twice that or 16 KiB, and half as much more while
 * it grows: a length is declared by anybody, and would have memory taken that is never filled.
 * Errors: `payload_too_large`, and whatever the body or `hold` throws.
 */
export async function readBody(
  body: AsyncIterable<Uint8Array>,
  { maxBytes, declaredBytes = 0, hold }: BodyBounds,
): Promise<Buffer> {
  if (declaredBytes > maxBytes) throw tooLarge(maxBytes);
  let buffer = Buffer.alloc(0);
  let size = 0;
  for await (const chunk of body) {
    const needed = size + chunk.byteLength;
    if (needed > maxBytes) throw tooLarge(maxBytes);
    if (needed > buffer.byteLength) {
      const most = needed <= declaredBytes ? declaredBytes : maxBytes;
      const room = Math.min(Math.max(2 * needed, FIRST_BYTES), most);
      hold?.(buffer.byteLength + room);
      const larger = Buffer.allocUnsafeSlow(room);
      buffer.copy(larger, 0, 0, size);
      buffer = larger;
      hold?.(room);
    }
    buffer.set(chunk, size);
    size = needed;
  }
  return buffer.subarray(0, size);
}

/** The declared size of a body; HTTP's parser let no other Content-Length through than a number. */
export function declaredBytes(headers: {
  "content-length"?: string | undefined;
}): number | undefined {
  const length = headers["content-length"];
  return length === undefined ? undefined : Number(length);
}

function tooLarge(maxBytes: number): AppError {
  return new AppError("payload_too_large", { detail: `The body holds at most ${maxBytes} bytes` });
}
