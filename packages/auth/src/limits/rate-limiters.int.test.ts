import { once } from "node:events";
import { join } from "node:path";
import { systemClock } from "@llamaagent/core";
import { rateLimiterContract } from "@llamaagent/testing/rate-limiter.contract";
import { startRedis } from "@llamaagent/testing/services/redis";
import { hasShiftedClocks, shiftedClock } from "@llamaagent/testing/services/shifted-clock";
import { spawnNode } from "@llamaagent/testing/services/spawn-node";
import { testRedisUrl } from "@llamaagent/testing/services/test-redis";
import { Redis } from "ioredis";
import { describe, expect, inject, it } from "vitest";
import { leasedRateLimiter } from "./leased-rate-limiter.ts";
import { memoryRateLimiter } from "./memory-rate-limiter.ts";
import { redisRateLimiter } from "./redis-rate-limiter.ts";

const onError = (): void => undefined;

async function ready(url: string): Promise<Redis> {
  const redis = new Redis(url);
  await once(redis, "ready");
  return redis;
}

rateLimiterContract("memory", async () => memoryRateLimiter(systemClock));
rateLimiterContract("taken ahead", async () =>
  leasedRateLimiter(memoryRateLimiter(systemClock), systemClock),
);

describe.runIf(inject("redisUrl"))("on Redis", () => {
  rateLimiterContract("Redis", async () => {
    const redis = await ready(await testRedisUrl());
    const limiter = redisRateLimiter({ redis, prefix: "test", clock: systemClock, onError });
    return { ...limiter, close: async () => redis.disconnect() };
  });

  it("keeps no bucket that is full", async () => {
    const redis = await ready(await testRedisUrl());
    const limiter = redisRateLimiter({ redis, prefix: "test", clock: systemClock, onError });
    await limiter.take([{ key: "one", perSecond: 100, burst: 100 }], 10);
    const left = await redis.pttl("test:rate:one");
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(101);
    redis.disconnect();
  });

  it("owes nothing where Redis's clock is set back", async () => {
    const redis = await ready(await testRedisUrl());
    const limiter = redisRateLimiter({ redis, prefix: "test", clock: systemClock, onError });
    const bucket = { key: "one", perSecond: 100, burst: 10 };
    // As if it had been written an hour later.
    await redis.set("test:rate:one", String((Date.now() + 3_600_000) * 1000));
    const refused = await limiter.take([bucket], 1);
    expect(refused).toMatchObject({ isAllowed: false, remaining: [0] });
    expect(refused.retryAfterMs).toBeLessThanOrEqual(10);
    redis.disconnect();
  });

  it("says at once that Redis is away, and asks it again after a second", async () => {
    const server = await startRedis();
    const redis = new Redis(server.url, { enableOfflineQueue: false, commandTimeout: 250 });
    redis.on("error", onError);
    await once(redis, "ready");
    let now = 0;
    const clock = { monotonicMs: () => now };
    const errors: Error[] = [];
    const report = (error: Error): void => void errors.push(error);
    const limiter = redisRateLimiter({ redis, prefix: "test", clock, onError: report });
    const bucket = { key: "one", perSecond: 1, burst: 10 };
    expect(await limiter.take([bucket], 1)).toMatchObject({ isAllowed: true });
    process.kill(server.process.pid, "SIGSTOP");
    const away = { code: "service_unavailable" };
    for (let n = 0; n < 3; n++) await expect(limiter.take([bucket], 1)).rejects.toMatchObject(away);
    expect(errors).toHaveLength(1);
    process.kill(server.process.pid, "SIGCONT");
    now = 1_000;
    await expect.poll(async () => (await limiter.take([bucket], 1)).isAllowed).toBe(true);
    redis.disconnect();
    await server.close();
  });

  it.runIf(hasShiftedClocks())(
    "admits at most burst + rate × time over four replicas, whose clocks are up to 5 minutes off",
    { timeout: 60_000 },
    async () => {
      const url = await testRedisUrl();
      const [perSecond, burst, seconds] = [200, 100, 10];
      const replicas = await Promise.all(
        [0, 300, -300, 120].map((offset) =>
          spawnNode(
            [join(import.meta.dirname, "test/replica-main.ts"), url, `${perSecond}`, `${burst}`],
            { env: shiftedClock(offset) },
          ),
        ),
      );
      await Promise.all(replicas.map((replica) => replica.waitFor(/^ready$/)));
      // The first of them starts the time: all begin with one message.
      const redis = await ready(url);
      await redis.publish("begin", `${seconds * 1000}`);
      const said = await Promise.all(
        replicas.map((one) => one.waitFor(/^admitted (\d+)$/, { timeoutSeconds: 30 })),
      );
      redis.disconnect();
      const each = said.map(([, admitted]) => Number(admitted));
      const admitted = each.reduce((sum, one) => sum + one, 0);
      expect(admitted).toBeLessThanOrEqual((burst + perSecond * seconds) * 1.01);
      // It gives what it may.
      expect(admitted).toBeGreaterThan((burst + perSecond * seconds) * 0.9);
      expect(Math.min(...each)).toBeGreaterThan(0);
    },
  );
});
