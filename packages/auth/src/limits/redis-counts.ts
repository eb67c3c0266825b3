import type { TenantCounts } from "@llamaagent/core";
import type { Redis, Result } from "ioredis";
import { memoryCounts } from "./memory-counts.ts";

const TELL_MS = 1_000;
/** A replica that says nothing for so long is gone, and what it had with it. */
const GONE_SECONDS = 5;

/**
 * Tells how many a replica has, and answers how many the others have. KEYS: the tenant's hash, of
 * `<count>:<second>` by replica. ARGV: the replica, its count, the seconds after which one is gone.
 */
const TELL = `
local now, others = tonumber(redis.call('TIME')[1]), 0
if ARGV[2] == '0' then redis.call('HDEL', KEYS[1], ARGV[1])
else redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ':' .. now) end
local told = redis.call('HGETALL', KEYS[1])
for i = 1, #told, 2 do
  local count, at = string.match(told[i + 1], '(%d+):(%d+)')
  if now - at > tonumber(ARGV[3]) then redis.call('HDEL', KEYS[1], told[i])
  elseif told[i] ~= ARGV[1] then others = others + count end
end
redis.call('EXPIRE', KEYS[1], 2 * ARGV[3])
return others`;

declare module "ioredis" {
  interface RedisCommander<Context> {
    tellCount(
      key: string,
      replica: string,
      count: number,
      goneSeconds: number,
    ): Result<number, Context>;
  }
}

export interface SharedCounts extends TenantCounts {
  /** Takes back what it told. */
  close(): Promise<void>;
}

/**
 * Each replica tells its counts once a second: opening and closing ask nobody, and within that second all
 * replicas together may pass a limit. While Redis is away each counts its own. The caller closes the connection.
 */
export function redisCounts(options: {
  redis: Redis;
  /** Separates deployments (and tests) on one Redis. */
  prefix: string;
  /** Unlike any other process's. */
  replicaId: string;
  onError: (error: Error) => void;
}): SharedCounts {
  const { redis, prefix, replicaId, onError } = options;
  redis.defineCommand("tellCount", { numberOfKeys: 1, lua: TELL });
  const own = memoryCounts();
  let others = new Map<string, number>();
  /** Whose last one has closed is told once more: else others would count it until it is forgotten. */
  let told: string[] = [];
  const gone = (): [string, number][] =>
    told.filter((tenantId) => own.of(tenantId) === 0).map((tenantId) => [tenantId, 0]);
  let telling: Promise<void> | undefined;

  async function tell(counts: Iterable<[tenantId: string, count: number]>): Promise<void> {
    const given = [...counts];
    if (given.length === 0 || redis.status !== "ready") {
      others = new Map();
      return;
    }
    const pipeline = redis.pipeline();
    for (const [tenantId, count] of given)
      pipeline.tellCount(`${prefix}:open:{${tenantId}}`, replicaId, count, GONE_SECONDS);
    const answers = (await pipeline.exec()) ?? [];
    const failed = answers.find(([error]) => error !== null)?.[0];
    if (failed) throw failed;
    told = given.flatMap(([tenantId, count]) => (count > 0 ? [tenantId] : []));
    others = new Map(
      given.map(([tenantId], index) => [tenantId, Number(answers[index]?.[1] ?? 0)]),
    );
  }

  const timer = setInterval(() => {
    telling ??= tell([...own.entries(), ...gone()])
      .catch((error: unknown) => {
        others = new Map();
        onError(error instanceof Error ? error : new Error(String(error)));
      })
      .finally(() => (telling = undefined));
  }, TELL_MS);
  timer.unref();

  return {
    of: (tenantId) => own.of(tenantId) + (others.get(tenantId) ?? 0),
    add: (tenantId) => own.add(tenantId),
    remove: (tenantId) => own.remove(tenantId),
    async close() {
      clearInterval(timer);
      await telling;
      // What it does not take back is forgotten after 5 s.
      await tell([...own.entries()].map(([tenantId]) => [tenantId, 0])).catch(onError);
    },
  };
}
