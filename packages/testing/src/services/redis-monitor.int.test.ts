import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, inject, it, vi } from "vitest";
import { type RunningRedis, startRedis } from "./redis.ts";
import { monitorRedis, type SentCommand } from "./redis-monitor.ts";

describe.runIf(inject("redisUrl"))("the monitor of Redis", () => {
  let server: RunningRedis;
  let redis: Redis;
  beforeAll(async () => {
    server = await startRedis();
    redis = new Redis(server.url);
    // What it sends to be ready has been sent then.
    await redis.ping();
  });
  afterAll(async () => {
    redis?.disconnect();
    await server?.close();
  });

  it("says which commands come, when, and from where", async () => {
    const seen: SentCommand[] = [];
    const close = await monitorRedis(server.url, (command) => void seen.push(command));
    const from = Date.now();
    await redis.set("a key", 'a "value"\r\n');
    await redis.eval("return redis.call('get', KEYS[1])", 1, "a key");
    await vi.waitFor(() => expect(seen).toHaveLength(3));
    expect(
      seen.map(({ args, source, database }) => [args[0], args.at(-1), source, database]),
    ).toEqual([
      ["set", 'a "value"\\r\\n', expect.stringMatching(/^127\.0\.0\.1:\d+$/), "0"],
      ["eval", "a key", seen[0]?.source, "0"],
      ["get", "a key", "lua", "0"],
    ]);
    expect(Math.abs((seen[0]?.at ?? 0) - from)).toBeLessThan(1_000);
    close();
  });

  it("can be begun under load, when commands follow in the packet that acknowledges it", async () => {
    let isOver = false;
    const loading = (async () => {
      while (!isOver) await Promise.all(Array.from({ length: 200 }, () => redis.get("a key")));
    })();
    for (let n = 0; n < 30; n += 1) {
      const gets: SentCommand[] = [];
      const close = await monitorRedis(server.url, (command) => void gets.push(command));
      await vi.waitFor(() => expect(gets.length).toBeGreaterThan(200));
      close();
    }
    isOver = true;
    await loading;
  });
});
