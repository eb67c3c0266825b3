import { AppError } from "@llamaagent/core";

export interface UploadReader {
  /** Errors: `payload_too_large`, `service_unavailable` where other uploads fill the memory set aside. */
  read(body: AsyncIterable<Uint8Array>): Promise<Buffer>;
}

/**
 * Uploads are received in memory, and only then is a transaction begun: none waits for a client, and a
 * client that goes away half-way leaves nothing behind. What all uploads may hold together is bounded.
 */
export function createUploadReader(limits: {
  maxBytes: number;
  maxBytesTogether: number;
}): UploadReader {
  let held = 0;
  return {
    async read(body) {
      const chunks: Uint8Array[] = [];
      let size = 0;
      try {
        for await (const chunk of body) {
          size += chunk.byteLength;
          held += chunk.byteLength;
          if (size > limits.maxBytes)
            throw new AppError("payload_too_large", {
              detail: `A file holds at most ${limits.maxBytes} bytes`,
            });
          if (held > limits.maxBytesTogether)
            throw new AppError("service_unavailable", {
              detail: "Too many uploads at once",
              retryAfterSeconds: 1,
            });
          chunks.push(chunk);
        }
        return Buffer.concat(chunks, size);
      } finally {
        held -= size;
      }
    },
  };
}
