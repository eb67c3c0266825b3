import { AppError } from "@llamaagent/core";

const FIRST_BYTES = 16 * 1024;

export interface BodyBounds {
  maxBytes: number;
  /** The Content-Length, where there is one. */
  declaredBytes?: number | undefined;
  /** Called before a chunk is kept; what it throws ends the reading. */
  admit?: (bytes: number) => void;
}

/**
 * Copies a body into one buffer. Kept as chunks, a body in HTTP chunks of one byte would hold hundreds
 * of times its size: each is an object, and a view that keeps what came with it from the socket.
 * Errors: `payload_too_large`, and whatever the body or `admit` throws.
 */
export async function readBody(
  body: AsyncIterable<Uint8Array>,
  { maxBytes, declaredBytes, admit }: BodyBounds,
): Promise<Buffer> {
  if (declaredBytes !== undefined && declaredBytes > maxBytes) throw tooLarge(maxBytes);
  let buffer = Buffer.alloc(0);
  let size = 0;
  for await (const chunk of body) {
    const needed = size + chunk.byteLength;
    if (needed > maxBytes) throw tooLarge(maxBytes);
    admit?.(chunk.byteLength);
    if (needed > buffer.byteLength) {
      const roomier = Math.max(buffer.byteLength * 2, declaredBytes ?? FIRST_BYTES, needed);
      const larger = Buffer.allocUnsafeSlow(Math.min(roomier, maxBytes));
      buffer.copy(larger, 0, 0, size);
      buffer = larger;
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
