import type { Clock, RateLimiter } from "@llamaagent/core";
import { LRUCache } from "lru-cache";
import { gcra, unitsLeft } from "./gcra.ts";

/** Those that were not used for longest are forgotten first: full, most of them. */
const BUCKETS_MAX = 100_000;

/** Buckets of this process. */
export function memoryRateLimiter(clock: Pick<Clock, "monotonicMs">): RateLimiter {
  const fullAt = new LRUCache<string, number>({ max: BUCKETS_MAX });
  return {
    async take(buckets, cost) {
      const now = clock.monotonicMs();
      const asked = buckets.map((bucket) => ({
        bucket,
        ...gcra(fullAt.get(bucket.key) ?? now, { now, cost }, bucket),
      }));
      const retryAfterMs = Math.max(0, ...asked.map((one) => one.retryAfterMs));
      const isAllowed = retryAfterMs === 0;
      if (isAllowed) for (const one of asked) fullAt.set(one.bucket.key, one.fullAt);
      const remaining = buckets.map((bucket) =>
        unitsLeft(fullAt.get(bucket.key) ?? now, now, bucket),
      );
      return { isAllowed, remaining, retryAfterMs };
    },
    close: async () => undefined,
  };
}
