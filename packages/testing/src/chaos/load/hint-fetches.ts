import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import type { Cluster } from "../cluster/cluster.ts";

const LOOK_MS = 50;
/** BullMQ's script that fetches a job is the one that is told of this key. */
const FETCHES = "llamaagent:runs:limiter";
const EVENTS = "llamaagent:runs:events";

/**
 * Seconds until a hint was consumed and each worker asks for hints, from now on; no more than so
 * many. Each worker has one connection of its own for that.
 */
export async function secondsUntilHintsAreConsumed(
  cluster: Cluster,
  { timeoutSeconds }: { timeoutSeconds: number },
): Promise<number> {
  const since = Date.now();
  const redis = new Redis(cluster.stores.redisUrl);
  const monitor = await redis.monitor();
  const fetching = new Set<string>();
  monitor.on("monitor", (_time: string, args: string[], source: string) => {
    if (args.includes(FETCHES)) fetching.add(source);
  });
  try {
    for (;;) {
      const events = await redis.xrange(EVENTS, since, "+");
      const consumed = events.filter(([, fields]) => fields.includes("completed")).length;
      const seconds = (Date.now() - since) / 1000;
      const isBack = consumed > 0 && fetching.size >= cluster.workers.length;
      if (isBack || seconds > timeoutSeconds) return seconds;
      await sleep(LOOK_MS);
    }
  } finally {
    monitor.disconnect();
    redis.disconnect();
  }
}
