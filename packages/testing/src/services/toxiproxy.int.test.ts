import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { expect, inject, it } from "vitest";
import { localBinaries } from "../test-binaries/local-binaries.ts";
import { testRedisUrl } from "./test-redis.ts";
import { startToxiproxy } from "./toxiproxy.ts";

it.runIf(localBinaries().toxiproxy && inject("redisUrl"))(
  "lets no byte through a half-open connection and does not close it, until it is healed",
  async () => {
    const toxiproxy = await startToxiproxy();
    const proxy = await toxiproxy.createProxy("redis", await testRedisUrl());
    const redis = new Redis(proxy.url, { retryStrategy: null });
    const closed = Promise.withResolvers<string>();
    redis.on("close", () => closed.resolve("closed"));
    expect(await redis.ping()).toBe("PONG");

    await proxy.addToxics({ type: "timeout", attributes: { timeout: 0 } });
    const answer = redis.ping().catch(() => "closed");
    expect(await Promise.race([answer, closed.promise, sleep(500, "silence")])).toBe("silence");

    await proxy.removeToxics();
    expect(await closed.promise).toBe("closed");
    const again = new Redis(proxy.url, { retryStrategy: null });
    expect(await again.ping()).toBe("PONG");
    again.disconnect();
    await toxiproxy.close();
  },
);
