import { AppError } from "@llamaagent/core";
import { readBody } from "../../plugins/read-body.ts";

export interface UploadReader {
  /** Errors: `payload_too_large`, `service_unavailable` where other uploads fill the memory set aside. */
  read(body: AsyncIterable<Uint8Array>, declaredBytes?: number): Promise<Buffer>;
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
    async read(body, declaredBytes) {
      let size = 0;
      function admit(bytes: number): void {
        size += bytes;
        held += bytes;
        if (held > limits.maxBytesTogether)
          throw new AppError("service_unavailable", {
            detail: "Too many uploads at once",
            retryAfterSeconds: 1,
          });
      }
      try {
        return await readBody(body, { maxBytes: limits.maxBytes, declaredBytes, admit });
      } finally {
        held -= size;
      }
    },
  };
}
