import { isTlsFault } from "@llamaagent/core";
import { Redis } from "ioredis";
import { type CheckResult, fail, ok, reasonOf, warn } from "./check.ts";

const OLDEST_MAJOR = 7;
const PINGS = 5;
/** Calls on a request's path are given up after 250 ms. */
const SLOW_MS = 100;
/** As docs/durability.md has it. */
const WITHOUT_REDIS = "runs begin up to 2 s later, streams are read from Postgres up to 3 s late";

/** No promise depends on what is found here: Redis makes runs and streams fast, and may be emptied. */
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
    const trips: number[] = [];
    for (let ping = 0; ping < PINGS; ping += 1) {
      const sentAt = performance.now();
      await redis.ping();
      trips.push(performance.now() - sentAt);
    }
    return [version(info), policy(info), persistence(info), judgeRoundTrip(Math.min(...trips))];
  } catch (error) {
    if (isRefusal(lastError ?? error))
      return [
        fail(
          "redis",
          `refuses: ${reasonOf(lastError ?? error)}`,
          "check the user, password and TLS of REDIS_URL",
        ),
      ];
    const away = warn(
      "redis",
      `cannot be reached: ${reasonOf(lastError ?? error)}; runs go on from Postgres`,
      "check REDIS_URL: host, port, user, password, rediss:// for TLS",
    );
    return [{ ...away, meanwhile: WITHOUT_REDIS }];
  } finally {
    redis.disconnect();
  }
}

/** It is there, and will not let us in: that does not pass by itself. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === "ReplyError") return !error.message.startsWith("LOADING");
  return isTlsFault(error);
}

function field(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(.+)$`, "m").exec(info)?.[1]?.trim();
}

function version(info: string): CheckResult {
  // Valkey reports the Redis version that it is compatible with under the same name.
  const text = field(info, "redis_version") ?? "unknown";
  return Number.parseInt(text, 10) >= OLDEST_MAJOR
    ? ok("redis", `version ${text}`)
    : fail("redis", `version ${text}`, `use Redis ${OLDEST_MAJOR} or newer`);
}

function policy(info: string): CheckResult {
  const found = field(info, "maxmemory_policy") ?? "unknown";
  return found === "noeviction"
    ? ok("redis memory", "maxmemory-policy noeviction")
    : warn(
        "redis memory",
        `maxmemory-policy ${found}: Redis may drop queue entries; no run is lost, runs begin later`,
        "set maxmemory-policy noeviction (CONFIG SET, redis.conf or your provider's console)",
      );
}

function persistence(info: string): CheckResult {
  const isOn = field(info, "aof_enabled") === "1";
  return ok(
    "redis persistence",
    isOn ? "appendonly yes: not needed" : "appendonly no: nothing in it needs to be kept",
  );
}

/** @internal */
export function judgeRoundTrip(ms: number): CheckResult {
  const detail = `${ms.toFixed(1)} ms`;
  return ms < SLOW_MS
    ? ok("redis round trip", detail)
    : warn(
        "redis round trip",
        `${detail}: calls that take 250 ms are given up, and what they were for goes the slow way`,
        "put Redis nearer to api and workers",
      );
}
