import { Redis } from "ioredis";
import { type CheckResult, fail, ok, reasonOf, warn } from "./check.ts";

const OLDEST_MAJOR = 7;

export async function checkRedis(url: string): Promise<CheckResult[]> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: 3_000,
    commandTimeout: 3_000,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  let lastError: Error | undefined;
  redis.on("error", (error: Error) => (lastError = error));
  try {
    await redis.connect();
    const info = await redis.info();
    return [version(info), policy(info)];
  } catch (error) {
    return [
      fail(
        "redis",
        `cannot be reached: ${reasonOf(lastError ?? error)}`,
        "check REDIS_URL: host, port, user, password, rediss:// for TLS",
      ),
    ];
  } finally {
    redis.disconnect();
  }
}

function version(info: string): CheckResult {
  // Valkey reports the Redis version that it is compatible with under the same name.
  const text = /^redis_version:(.+)$/m.exec(info)?.[1]?.trim() ?? "unknown";
  return Number.parseInt(text, 10) >= OLDEST_MAJOR
    ? ok("redis", `version ${text}`)
    : fail("redis", `version ${text}`, `use Redis ${OLDEST_MAJOR} or newer`);
}

function policy(info: string): CheckResult {
  const policy = /^maxmemory_policy:(.+)$/m.exec(info)?.[1]?.trim() ?? "unknown";
  return policy === "noeviction"
    ? ok("redis memory", "maxmemory-policy noeviction")
    : warn(
        "redis memory",
        `maxmemory-policy ${policy}: Redis may drop queue entries`,
        "set maxmemory-policy noeviction (CONFIG SET, redis.conf or your provider's console)",
      );
}
