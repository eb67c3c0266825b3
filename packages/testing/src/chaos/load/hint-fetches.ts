import { setTimeout as sleep } from "node:timers/promises";
import type { Cluster } from "../cluster/cluster.ts";
import { observeRedis } from "./observe-redis.ts";
import { watchFetches } from "./watch-fetches.ts";

const LOOK_MS = 50;
const EVENTS = "llamaagent:runs:events";

/** Seconds until a hint was consumed and each worker asks for hints, from now on; no more than so many. */
export async function secondsUntilHintsAreConsumed(
  cluster: Cluster,
  { timeoutSeconds }: { timeoutSeconds: number },
): Promise<number> {
  const since = Date.now();
  const redis = observeRedis(cluster.stores.redisUrl);
  const fetches = await watchFetches(cluster.stores.redisUrl);
  try {
    for (;;) {
      const events = await redis.xrange(EVENTS, since, "+");
      const consumed = events.filter(([, fields]) => fields.includes("completed")).length;
      const seconds = (Date.now() - since) / 1000;
      const isBack = consumed > 0 && fetches.consumers.size >= cluster.workers.length;
      if (isBack || seconds > timeoutSeconds) return seconds;
      await sleep(LOOK_MS);
    }
  } finally {
    fetches.close();
    redis.disconnect();
  }
}
