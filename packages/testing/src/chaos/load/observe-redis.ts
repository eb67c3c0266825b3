import { Redis } from "ioredis";

/** A connection whose loss shows in its commands alone: Redis is killed and closed under it. */
export function observeRedis(url: string): Redis {
  const redis = new Redis(url);
  redis.on("error", () => undefined);
  return redis;
}
