import { AppError } from "@llamaagent/core";
import { readBody } from "../../plugins/read-body.ts";

export interface UploadReader {
  /** Errors: `payload_too_large`, `service_unavailable` where other uploads fill the memory set aside. */
  read(body: AsyncIterable<Uint8Array>, declaredBytes?: number): Promise<Buffer>;
}

/**
 * Uploads are received in memory, and only then is a transaction begun: none waits for a client, and a
 * client that goes away half-way leaves nothing behind. The memory that all of them have taken is bounded, filled or not.
 */
export function createUploadReader(limits: {
  maxBytes: number;
  maxBytesTogether: number;
}): UploadReader {
  let held = 0;
  return {
    async read(body, declaredBytes) {
      let own = 0;
      function hold(bytes: number): void {
        if (held - own + bytes > limits.maxBytesTogether)
          throw new AppError("service_unavailable", {
            detail: "Too many uploads at once",
            retryAfterSeconds: 1,
          });
        held += bytes - own;
        own = bytes;
      }
      try {
        return await readBody(body, { maxBytes: limits.maxBytes, declaredBytes, hold });
      } finally {
        held -= own;
      }
    },
  };
}
