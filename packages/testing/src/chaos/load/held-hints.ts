import type { Cluster } from "../cluster/cluster.ts";
import { observeRedis } from "./observe-redis.ts";
import { consumerOf, watchFetches } from "./watch-fetches.ts";

/** Which hints a worker had fetched when it died. */
export interface HeldHints {
  /**
   * Kills by `kill`. Hints that died with the worker: fetched by it, and waiting for its slots. Where some
   * did, all runs that had not begun: a hint tells of whichever are first. See `watchResumes` for the others.
   */
  heldBy(kill: () => Promise<void>): Promise<{ hints: number; runs: HeldRun[] }>;
  close(): void;
}

export interface HeldRun {
  runId: string;
  /** Unix milliseconds. */
  killedAt: number;
}

const KEYS = "llamaagent:runs:";

/**
 * To be begun before the load: a hint's lock names a consumer, whose fetches name a connection, which dies
 * with its worker.
 */
export async function watchHeldHints(cluster: Cluster): Promise<HeldHints> {
  const redis = observeRedis(cluster.stores.redisUrl);
  const fetches = await watchFetches(cluster.stores.redisUrl);

  async function connected(): Promise<Set<string | undefined>> {
    const clients = String(await redis.client("LIST"));
    return new Set(clients.split("\n").map((line) => /\baddr=(\S+)/.exec(line)?.[1]));
  }

  /** Job ids (they begin with the run id) of hints that are fetched, and who holds them. */
  async function held(): Promise<{ jobId: string; consumer: string | undefined }[]> {
    const jobIds = await redis.lrange(`${KEYS}active`, 0, -1);
    if (jobIds.length === 0) return [];
    const locks = await redis.mget(jobIds.map((jobId) => `${KEYS}${jobId}:lock`));
    return jobIds.map((jobId, n) => ({ jobId, consumer: consumerOf(locks[n] ?? "") }));
  }

  return {
    async heldBy(kill) {
      const before = await connected();
      const killedAt = Date.now();
      await kill();
      const hints = await held();
      const after = await connected();
      const victims = new Set(
        [...fetches.consumers]
          .filter(([, source]) => before.has(source) && !after.has(source))
          .map(([consumer]) => consumer),
      );
      const died = hints.filter(({ consumer }) => consumer !== undefined && victims.has(consumer));
      const unclaimed = await cluster.query<{ runId: string }>(
        `SELECT run_id AS "runId" FROM runs
         WHERE $1 > 0 AND state = 'queued' AND started_at IS NULL`,
        [died.length],
      );
      return {
        hints: died.length,
        runs: unclaimed.map(({ runId }) => ({ runId, killedAt })),
      };
    },
    close() {
      fetches.close();
      redis.disconnect();
    },
  };
}
