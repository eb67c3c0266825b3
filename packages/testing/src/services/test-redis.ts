import { Redis } from "ioredis";
import { inject } from "vitest";
import type {} from "./global-setup.ts";

/**
 * The run's Redis, emptied, in a logical database of this worker's own (files that run at the same
 * time have different ones). Pub/sub channels and FLUSHALL cross logical databases: a test that needs
 * those apart, or kills Redis, takes `startRedis()`.
 */
export async function testRedisUrl(): Promise<string> {
  const serverUrl = inject("redisUrl");
  if (serverUrl === undefined) throw new Error("there is no Redis: guard with it.runIf");
  const url = new URL(serverUrl);
  url.pathname = `/${process.env["VITEST_POOL_ID"] ?? "1"}`;
  const redis = new Redis(url.href, { maxRetriesPerRequest: 1 });
  try {
    await redis.flushdb();
  } finally {
    redis.disconnect();
  }
  return url.href;
}
