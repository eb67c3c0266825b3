import { once } from "node:events";
import type { TenantCounts } from "@llamaagent/core";
import { startRedis } from "@llamaagent/testing/services/redis";
import { testRedisUrl } from "@llamaagent/testing/services/test-redis";
import { Redis } from "ioredis";
import { afterEach, describe, expect, inject, it, vi } from "vitest";
import { memoryCounts } from "./memory-counts.ts";
import { redisCounts } from "./redis-counts.ts";

const onError = (): void => undefined;
const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0)) await end();
});

async function replica(url: string, replicaId: string) {
  const redis = new Redis(url, { commandTimeout: 250, maxRetriesPerRequest: 0 });
  redis.on("error", onError);
  await once(redis, "ready");
  const counts = redisCounts({ redis, prefix: "test", replicaId, onError });
  ending.push(async () => {
    await counts.close();
    redis.disconnect();
  });
  return { counts, redis };
}

const soon = (counts: TenantCounts, tenantId: string, expected: number) =>
  vi.waitFor(() => expect(counts.of(tenantId)).toBe(expected), { timeout: 5_000, interval: 50 });

describe.each([
  { name: "memory", isThere: true, make: async (): Promise<TenantCounts> => memoryCounts() },
  {
    name: "Redis",
    isThere: inject("redisUrl") !== undefined,
    make: async (): Promise<TenantCounts> => (await replica(await testRedisUrl(), "a")).counts,
  },
])("counts of tenants, $name", ({ isThere, make }) => {
  it.runIf(isThere)("are each tenant's, and fall as they rose", async () => {
    const counts = await make();
    counts.add("t");
    counts.add("t");
    counts.add("u");
    expect([counts.of("t"), counts.of("u"), counts.of("v")]).toEqual([2, 1, 0]);
    counts.remove("t");
    counts.remove("u");
    expect([counts.of("t"), counts.of("u")]).toEqual([1, 0]);
  });
});

describe.runIf(inject("redisUrl"))("counts of several replicas", () => {
  it("are summed, and what a replica had is gone with it", async () => {
    const url = await testRedisUrl();
    const [one, other] = [await replica(url, "one"), await replica(url, "other")];
    one.counts.add("t");
    other.counts.add("t");
    other.counts.add("t");
    await soon(one.counts, "t", 3);
    await soon(other.counts, "t", 3);
    other.counts.remove("t");
    await soon(one.counts, "t", 2);
    await other.counts.close();
    await soon(one.counts, "t", 1);
  });

  it("lose the last of a replica at once, not when that would be forgotten", async () => {
    const url = await testRedisUrl();
    const [one, other] = [await replica(url, "one"), await replica(url, "other")];
    one.counts.add("t");
    other.counts.add("t");
    await soon(one.counts, "t", 2);
    other.counts.remove("t");
    await vi.waitFor(async () => expect(await one.redis.hkeys("test:open:{t}")).toEqual(["one"]), {
      timeout: 3_000,
      interval: 50,
    });
  });

  it("forget a replica that died without a word", async () => {
    const url = await testRedisUrl();
    const { counts, redis } = await replica(url, "one");
    // As it would have left it 10 s ago.
    const [second] = await redis.time();
    await redis.hset("test:open:{t}", "dead", `7:${Number(second) - 10}`);
    counts.add("t");
    await vi.waitFor(async () => expect(await redis.hkeys("test:open:{t}")).toEqual(["one"]), {
      timeout: 5_000,
    });
    expect(counts.of("t")).toBe(1);
    expect(await redis.ttl("test:open:{t}")).toBeGreaterThan(0);
  });

  it("are the own ones while Redis is away", async () => {
    const server = await startRedis();
    const [one, other] = [await replica(server.url, "one"), await replica(server.url, "other")];
    one.counts.add("t");
    other.counts.add("t");
    await soon(one.counts, "t", 2);
    await server.close();
    await soon(one.counts, "t", 1);
  });
});
