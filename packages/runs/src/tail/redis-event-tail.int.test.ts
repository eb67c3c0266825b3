import { randomUUID } from "node:crypto";
import { type StoredEvent, systemClock } from "@llamaagent/core";
import { runEventTailContract } from "@llamaagent/testing/run-event-tail.contract";
import { startRedis } from "@llamaagent/testing/services/redis";
import { createStallingProxy } from "@llamaagent/testing/services/stalling-proxy";
import { testRedisUrl } from "@llamaagent/testing/services/test-redis";
import { Redis } from "ioredis";
import { describe, expect, inject, it, vi } from "vitest";
import { redisEventTail } from "./redis-event-tail.ts";

const open = (url: string, prefix: string = randomUUID()) => {
  const errors: Error[] = [];
  const onError = (error: Error) => void errors.push(error);
  return { tail: redisEventTail({ url, prefix, clock: systemClock, onError }), errors };
};
const run = { tenantId: randomUUID(), runId: randomUUID() };
const event = (id: string): StoredEvent => ({ id, type: "message.delta", data: `{"id":"${id}"}` });
const slow = { timeout: 15_000, interval: 50 };

describe.runIf(inject("redisUrl"))("the tail on Redis", () => {
  runEventTailContract("the tail on Redis", async () => open(await testRedisUrl()).tail);

  it("carries events between replicas, and forgets a run's after ten minutes", async () => {
    const url = await testRedisUrl();
    const prefix = randomUUID();
    const [writer, reader] = [open(url, prefix).tail, open(url, prefix).tail];
    const heard: string[] = [];
    await reader.subscribe(run, (events) => heard.push(...events.map(({ id }) => id)));
    let seq = 0;
    await vi.waitFor(async () => {
      await writer.publish([{ ...run, events: [event(`1-${++seq}`)] }]);
      expect(heard.length).toBeGreaterThan(0);
    });
    const redis = new Redis(url);
    const keys = await redis.keys(`${prefix}:*`);
    expect(keys).toEqual([`${prefix}:{${run.tenantId}:${run.runId}}:events`]);
    expect(await redis.pttl(keys[0] ?? "")).toBeGreaterThan(590_000);
    redis.disconnect();
    await writer.close();
    await reader.close();
  });

  it("tells of the gap after a reconnect, once it hears again", async () => {
    const redis = await startRedis();
    const { tail } = open(redis.url);
    const heard: string[] = [];
    let gaps = 0;
    tail.onGap(() => (gaps += 1));
    const { promise: atGap, resolve: gap } = Promise.withResolvers<void>();
    tail.onGap(gap);
    await tail.subscribe(run, (events) => heard.push(...events.map(({ id }) => id)));
    await vi.waitFor(() => expect(tail.isLive()).toBe(true));
    expect(gaps).toBe(0);
    await redis.close();
    await vi.waitFor(() => expect(tail.isLive()).toBe(false), slow);
    await tail.publish([{ ...run, events: [event("1-1")] }]);
    expect((await tail.read(run, "0-0")).events).toEqual([]);

    const again = await startRedis({ port: redis.port });
    await atGap;
    await vi.waitFor(async () => {
      await tail.publish([{ ...run, events: [event("1-2")] }]);
      expect(heard).toContain("1-2");
    }, slow);
    expect(gaps).toBe(1);
    await tail.close();
    await again.close();
  });

  it("offers a run's end again that Redis refused, without what came before it", async () => {
    const redis = await startRedis();
    const prefix = randomUUID();
    const [writer, reader] = [open(redis.url, prefix).tail, open(redis.url, prefix).tail];
    const heard: string[] = [];
    await reader.subscribe(run, (events) => heard.push(...events.map(({ id }) => id)));
    await vi.waitFor(async () => {
      await writer.publish([{ ...run, events: [event(`1-${heard.length + 1}`)] }]);
      expect(heard.length).toBeGreaterThan(0);
    });
    const admin = new Redis(redis.url);
    await admin.config("SET", "maxmemory", "1");
    const end: StoredEvent = { id: "2-9", type: "run.completed", data: "{}" };
    await writer.publish([{ ...run, events: [event("2-8"), end] }]);
    await admin.config("SET", "maxmemory", "0");
    await vi.waitFor(() => expect(heard.at(-1)).toBe("2-9"), slow);
    admin.disconnect();
    await writer.close();
    await reader.close();
    await redis.close();
  });

  it("tells of the gap where the first subscription had to wait for Redis", async () => {
    const redis = await startRedis();
    await redis.close();
    const { tail } = open(redis.url);
    const { promise: atGap, resolve: gap } = Promise.withResolvers<void>();
    tail.onGap(gap);
    await tail.subscribe(run, () => {});
    expect(tail.isLive()).toBe(false);
    const again = await startRedis({ port: redis.port });
    await atGap;
    await tail.close();
    await again.close();
  });

  it("holds nobody up on a half-open connection, and finds a new one", async () => {
    const proxy = await createStallingProxy(await testRedisUrl());
    const { tail, errors } = open(proxy.url);
    const { promise: atGap, resolve: gap } = Promise.withResolvers<void>();
    tail.onGap(gap);
    await tail.subscribe(run, () => {});
    await vi.waitFor(async () => {
      await tail.publish([{ ...run, events: [event("1-1")] }]);
      expect((await tail.read(run, "0-0")).events).toHaveLength(1);
    });
    proxy.stall();
    const startedAt = performance.now();
    for (let seq = 2; seq < 20; seq++)
      await tail.publish([{ ...run, events: [event(`1-${seq}`)] }]);
    await tail.read(run, "0-0");
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    // One failure, then a pause: not one error for each event.
    expect(errors.length).toBeLessThanOrEqual(3);
    proxy.resume();
    await atGap;
    await vi.waitFor(async () => {
      await tail.publish([{ ...run, events: [event("1-30")] }]);
      expect((await tail.read(run, "1-29")).events.map(({ id }) => id)).toEqual(["1-30"]);
    }, slow);
    await tail.close();
    await proxy.close();
  });

  it("says so where Redis is full, and goes on once it is not", async () => {
    const redis = await startRedis();
    const { tail, errors } = open(redis.url);
    const admin = new Redis(redis.url);
    await vi.waitFor(async () => {
      await tail.publish([{ ...run, events: [event("1-1")] }]);
      expect((await tail.read(run, "0-0")).events).toHaveLength(1);
    });
    await admin.config("SET", "maxmemory", "1");
    await tail.publish([{ ...run, events: [event("1-2")] }]);
    expect(errors.map(({ message }) => message)).toEqual([expect.stringContaining("OOM")]);
    expect(tail.isLive()).toBe(false);
    await admin.config("SET", "maxmemory", "0");
    await vi.waitFor(async () => {
      await tail.publish([{ ...run, events: [event("1-3")] }]);
      expect((await tail.read(run, "1-1")).events).toEqual([event("1-3")]);
    }, slow);
    admin.disconnect();
    await tail.close();
    await redis.close();
  });

  it("forgets a run's events half a minute after its end", async () => {
    const url = await testRedisUrl();
    const prefix = randomUUID();
    const { tail } = open(url, prefix);
    const redis = new Redis(url);
    const end: StoredEvent = { id: "1-1", type: "run.completed", data: "{}" };
    await vi.waitFor(async () => {
      await tail.publish([{ ...run, events: [end] }]);
      const leftMs = await redis.pttl(`${prefix}:{${run.tenantId}:${run.runId}}:events`);
      expect(leftMs).toBeGreaterThan(0);
      expect(leftMs).toBeLessThanOrEqual(30_000);
    });
    redis.disconnect();
    await tail.close();
  });

  it("is not live while a subscription is not answered, and tells of the gap behind it", async () => {
    const redis = await startRedis();
    const { tail } = open(redis.url);
    const { promise: atGap, resolve: gap } = Promise.withResolvers<void>();
    tail.onGap(gap);
    await tail.subscribe(run, () => {});
    await vi.waitFor(() => expect(tail.isLive()).toBe(true));
    const other = new Redis(redis.url);
    await other.call("CLIENT", "PAUSE", "1500", "ALL");
    await tail.subscribe({ ...run, runId: randomUUID() }, () => {});
    expect(tail.isLive()).toBe(false);
    await atGap;
    await vi.waitFor(() => expect(tail.isLive()).toBe(true), slow);
    other.disconnect();
    await tail.close();
    await redis.close();
  });
});
