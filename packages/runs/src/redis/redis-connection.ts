import { Redis } from "ioredis";

/** So long is an answer waited for, also on a half-open connection. */
export const REDIS_CALL_MS = 250;

/** The default back-off wastes 17 s after a restart of Redis. */
const reconnectMs = (attempt: number): number => Math.min(50 * 2 ** attempt, 1_000);

/**
 * `request`: fails at once while Redis is away, and after 250 ms when it does not answer. `blocking`: waits as long as it takes (BullMQ's consumer, which needs `maxRetriesPerRequest: null`).
 */
export function connectRedis(
  url: string,
  use: "request" | "blocking",
  onError: (error: Error) => void,
): Redis {
  const options =
    use === "request"
      ? {
          enableOfflineQueue: false,
          commandTimeout: REDIS_CALL_MS,
          maxRetriesPerRequest: 0,
          // A half-open connection is given up: without this it lives until TCP notices, in 15 min.
          socketTimeout: 1_000,
        }
      : // BullMQ blocks for at most 10 s at a time.
        { maxRetriesPerRequest: null, socketTimeout: 15_000 };
  const redis = new Redis(url, { ...options, retryStrategy: reconnectMs, connectTimeout: 2_000 });
  redis.on("error", onError);
  return redis;
}
