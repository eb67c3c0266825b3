/**
 * One of several replicas that ask for all they get: `node replica-main.ts REDIS_URL PER_SECOND BURST`. Begins
 * at a message on the channel `begin`, which says for how many milliseconds.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "@llamaagent/core";
import { Redis } from "ioredis";
import { leasedRateLimiter } from "../leased-rate-limiter.ts";
import { redisRateLimiter } from "../redis-rate-limiter.ts";

const [url = "", perSecond, burst] = process.argv.slice(2);
const redis = new Redis(url);
const subscriber = new Redis(url);
const onError = (error: Error): void => void process.stderr.write(`${error.message}\n`);
const shared = redisRateLimiter({ redis, prefix: "test", clock: systemClock, onError });
const limiter = leasedRateLimiter(shared, systemClock);
const bucket = { key: "{tenant}:all", perSecond: Number(perSecond), burst: Number(burst) };

subscriber.on("message", (_channel: string, ms: string) => {
  void (async () => {
    let admitted = 0;
    // Of a clock that nobody shifts.
    const end = performance.now() + Number(ms);
    while (performance.now() < end) {
      if ((await limiter.take([bucket], 1)).isAllowed) admitted += 1;
      else await sleep(1);
    }
    process.stdout.write(`admitted ${admitted}\n`);
    redis.disconnect();
    subscriber.disconnect();
  })();
});
await subscriber.subscribe("begin");
process.stdout.write("ready\n");
