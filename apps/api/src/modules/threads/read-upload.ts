import { AppError } from "@llamaagent/core";
import { readBody } from "../../plugins/read-body.ts";

export interface UploadReader {
  /**
   * Hands the whole of it to `store`: the bytes count as held until that has settled. Errors:
   * `payload_too_large`, `service_unavailable` where other uploads fill the memory set aside, and
   * whatever the body and `store` throw.
   */
  read<T>(
    body: AsyncIterable<Uint8Array>,
    upload: { declaredBytes?: number | undefined; store: (bytes: Buffer) => Promise<T> },
  ): Promise<T>;
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
    async read(body, { declaredBytes, store }) {
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
        const { maxBytes } = limits;
        return await store(await readBody(body, { maxBytes, declaredBytes, hold }));
      } finally {
        held -= own;
      }
    },
  };
}
