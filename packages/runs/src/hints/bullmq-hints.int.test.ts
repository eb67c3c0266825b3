import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "@llamaagent/core";
import { runHintsContract } from "@llamaagent/testing/run-hints.contract";
import { startRedis } from "@llamaagent/testing/services/redis";
import { createStallingProxy } from "@llamaagent/testing/services/stalling-proxy";
import { testRedisUrl } from "@llamaagent/testing/services/test-redis";
import { Redis } from "ioredis";
import { describe, expect, inject, it, vi } from "vitest";
import { bullmqHints } from "./bullmq-hints.ts";

const hint = () => ({
  tenantId: randomUUID(),
  runId: randomUUID(),
  generation: 1,
  priority: 1,
  runs: 1,
});
const open = (url: string, clock = systemClock) => {
  const errors: Error[] = [];
  const onError = (error: Error) => void errors.push(error);
  return { hints: bullmqHints({ url, prefix: randomUUID(), clock, onError }), errors };
};
const timed = async <T>(work: Promise<T>) => {
  const startedAt = performance.now();
  return { answer: await work, ms: performance.now() - startedAt };
};

describe.runIf(inject("redisUrl"))("hints on BullMQ", () => {
  runHintsContract("BullMQ", async () => open(await testRedisUrl()).hints);

  it("holds hints that may be held, until its close at the latest", async () => {
    const url = await testRedisUrl();
    const prefix = randomUUID();
    const options = { url, prefix, clock: systemClock, onError: () => undefined };
    const [sender, receiver] = [bullmqHints(options), bullmqHints(options)];
    const got: number[] = [];
    const consumer = receiver.consume(async ({ runs }) => void got.push(runs));
    await vi.waitFor(async () => expect(await sender.add([hint()])).toBe(true));
    const far = () => ({ ...hint(), priority: 40 });
    for (const each of [far(), far(), far()]) void sender.add([each], { mayHold: true });
    await sender.close();
    await vi.waitFor(() => expect(got).toEqual([1, 3]));
    await consumer.close();
    await receiver.close();
  });

  it("announces a hint to a consumer that has none, before it hands it out", async () => {
    const { hints } = open(await testRedisUrl());
    const seen: string[] = [];
    const consumer = hints.consume(
      async () => void seen.push("hint"),
      () => seen.push("announced"),
    );
    await vi.waitFor(async () => expect(await hints.add([hint()])).toBe(true));
    await vi.waitFor(() => expect(seen).toContain("hint"));
    // It waits for the next one by then.
    await sleep(300);
    seen.length = 0;
    await hints.add([hint()]);
    await vi.waitFor(() => expect(seen).toContain("hint"));
    expect(seen[0]).toBe("announced");
    await consumer.close();
    await hints.close();
  });

  it("answers false at once while Redis is away, and takes hints after its return", async () => {
    const redis = await startRedis();
    const { hints } = open(redis.url);
    await vi.waitFor(async () => expect(await hints.add([hint()])).toBe(true));
    await redis.close();
    const { answer, ms } = await timed(hints.add([hint()]));
    expect(answer).toBe(false);
    expect(ms).toBeLessThan(1_000);

    const again = await startRedis({ port: redis.port });
    await vi.waitFor(async () => expect(await hints.add([hint()])).toBe(true), {
      timeout: 10_000,
      interval: 100,
    });
    await hints.close();
    await again.close();
  });

  it("gives up on a half-open connection within 250 ms, then pauses for a second", async () => {
    const proxy = await createStallingProxy(await testRedisUrl());
    let now = 0;
    const { hints, errors } = open(proxy.url, { now: () => new Date(), monotonicMs: () => now });
    await vi.waitFor(async () => expect(await hints.add([hint()])).toBe(true));
    proxy.stall();
    const { answer, ms } = await timed(hints.add([hint()]));
    expect(answer).toBe(false);
    expect(ms).toBeLessThan(1_000);
    expect(errors).toHaveLength(1);

    proxy.resume();
    now = 999;
    expect(await hints.add([hint()])).toBe(false);
    // The silent connection is given up for a new one.
    const attempt = async () => {
      now += 1_000;
      expect(await hints.add([hint()])).toBe(true);
    };
    await vi.waitFor(attempt, { timeout: 10_000, interval: 100 });
    await hints.close();
    await proxy.close();
  });

  it("tries no add for a second after Redis refused one, though it is connected", async () => {
    const redis = await startRedis();
    let now = 0;
    const clock = { now: () => new Date(), monotonicMs: () => now };
    const { hints } = open(redis.url, clock);
    await vi.waitFor(async () => expect(await hints.add([hint()])).toBe(true));
    const admin = new Redis(redis.url);
    await admin.config("SET", "maxmemory", "1");
    expect(await hints.add([hint()])).toBe(false);
    await admin.config("SET", "maxmemory", "0");
    now = 999;
    expect(await hints.add([hint()])).toBe(false);
    now = 1_000;
    expect(await hints.add([hint()])).toBe(true);
    admin.disconnect();
    await hints.close();
    await redis.close();
  });

  it("goes on consuming after Redis was killed, emptied, and came back", async () => {
    const redis = await startRedis();
    const { hints } = open(redis.url);
    let got = 0;
    const consumer = hints.consume(async () => void got++);
    await vi.waitFor(async () => {
      await hints.add([hint()]);
      expect(got).toBeGreaterThan(0);
    });
    await redis.close();
    const again = await startRedis({ port: redis.port });
    const before = got;
    await vi.waitFor(
      async () => {
        await hints.add([hint()]);
        expect(got).toBeGreaterThan(before);
      },
      { timeout: 20_000, interval: 100 },
    );
    await consumer.close();
    await hints.close();
    await again.close();
  });

  it(
    "makes a consumer anew that fetches nothing while hints wait",
    { timeout: 60_000 },
    async () => {
      const proxy = await createStallingProxy(await testRedisUrl());
      let now = 0;
      const { hints, errors } = open(proxy.url, { now: () => new Date(), monotonicMs: () => now });
      let got = 0;
      const consumer = hints.consume(async () => void got++);
      await vi.waitFor(async () => {
        await hints.add([hint()]);
        expect(got).toBeGreaterThan(0);
      });
      // The consumer's connections are silent from now on, and give up only after 15 s.
      proxy.stall();
      proxy.resume();
      now += 31_000;
      const before = got;
      await vi.waitFor(
        async () => {
          now += 1_000;
          await hints.add([hint()]);
          expect(got).toBeGreaterThan(before);
        },
        { timeout: 12_000, interval: 200 },
      );
      expect(errors.map(({ message }) => message)).toContain(
        "BullMQ fetched none of the hints that wait: its worker is made anew",
      );
      await consumer.close();
      await hints.close();
      await proxy.close();
    },
  );

  it("closes a consumer while Redis is away", async () => {
    const redis = await startRedis();
    const { hints } = open(redis.url);
    const { promise: gate, resolve: openGate } = Promise.withResolvers<void>();
    let begun = 0;
    const consumer = hints.consume(async () => {
      begun += 1;
      await gate;
    });
    await vi.waitFor(async () => {
      await hints.add([hint()]);
      expect(begun).toBeGreaterThan(0);
    });
    await redis.close();
    openGate();
    const { ms } = await timed(consumer.close());
    expect(ms).toBeLessThan(5_000);
    await hints.close();
  });

  it("leaves a consumer alone whose handlers all wait, however long", async () => {
    let now = 0;
    const clock = { now: () => new Date(), monotonicMs: () => now };
    const { hints, errors } = open(await testRedisUrl(), clock);
    const { promise: gate, resolve: openGate } = Promise.withResolvers<void>();
    let begun = 0;
    const consumer = hints.consume(async () => {
      begun += 1;
      await gate;
    });
    await vi.waitFor(async () => {
      await hints.add([hint()]);
      expect(begun).toBe(4);
    });
    await hints.add([hint()]);
    now += 31_000;
    // It looks each 5 s.
    await sleep(6_000);
    expect(errors).toEqual([]);
    openGate();
    await vi.waitFor(() => expect(begun).toBeGreaterThan(4), 5_000);
    await consumer.close();
    await hints.close();
  });
});
