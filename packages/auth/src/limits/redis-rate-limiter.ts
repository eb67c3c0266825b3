import { AppError, type Clock, type RateLimiter } from "@llamaagent/core";
import type { Redis, Result } from "ioredis";

/**
 * As `gcra`, on Redis's clock, whose time is in microseconds: replicas' clocks do not matter. KEYS: the
 * buckets, of one tenant. ARGV: cost; then units per second and burst of each. Answers 1 or 0, the wait in
 * milliseconds, and what is left in each.
 */
const TAKE = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local cost, wait, befores, units = tonumber(ARGV[1]), 0, {}, {}
for i = 1, #KEYS do
  local unit, burst = 1000000 / ARGV[2 * i], tonumber(ARGV[2 * i + 1])
  -- Never emptier than empty: a clock that is set back owes nothing.
  local before = math.min(math.max(tonumber(redis.call('GET', KEYS[i])) or now, now), now + burst * unit)
  wait = math.max(wait, before - now + (cost - burst) * unit)
  befores[i], units[i] = before, unit
end
-- A microsecond is a rounding error.
if wait < 1 then wait = 0 end
local answer = { wait > 0 and 0 or 1, math.ceil(wait / 1000) }
for i = 1, #KEYS do
  local full = befores[i] + (wait > 0 and 0 or cost * units[i])
  answer[i + 2] = math.max(0, math.floor(ARGV[2 * i + 1] - math.max(0, full - now - 1) / units[i]))
  if wait <= 0 then
    redis.call('SET', KEYS[i], string.format('%.0f', full), 'PX', math.ceil((full - now) / 1000) + 1)
  end
end
return answer`;

/** After a failed call no other is tried for this long. */
const PAUSE_MS = 1_000;

declare module "ioredis" {
  interface RedisCommander<Context> {
    takeFromBuckets(...args: (string | number)[]): Result<number[], Context>;
  }
}

/** Buckets of all replicas: one script, one round trip. The caller closes the connection. */
export function redisRateLimiter(options: {
  redis: Redis;
  /** Separates deployments (and tests) on one Redis. */
  prefix: string;
  clock: Pick<Clock, "monotonicMs">;
  onError: (error: Error) => void;
}): RateLimiter {
  const { redis, prefix, clock } = options;
  redis.defineCommand("takeFromBuckets", { lua: TAKE });
  let pausedUntil = -Infinity;
  return {
    async take(buckets, cost) {
      if (redis.status !== "ready" || clock.monotonicMs() < pausedUntil) throw away();
      try {
        const keys = buckets.map(({ key }) => `${prefix}:rate:${key}`);
        const limits = buckets.flatMap(({ perSecond, burst }) => [perSecond, burst]);
        const answer = await redis.takeFromBuckets(keys.length, ...keys, cost, ...limits);
        const [isAllowed, retryAfterMs = 0, ...remaining] = answer;
        return { isAllowed: isAllowed === 1, retryAfterMs, remaining };
      } catch (error) {
        pausedUntil = clock.monotonicMs() + PAUSE_MS;
        options.onError(error instanceof Error ? error : new Error(String(error)));
        throw away();
      }
    },
    close: async () => undefined,
  };
}

const away = (): AppError => new AppError("service_unavailable", { retryAfterSeconds: 1 });
