import { join } from "node:path";
import { startPostgres } from "@llamaagent/testing/services/postgres";
import { startRedis } from "@llamaagent/testing/services/redis";
import { withClient } from "@llamaagent/testing/services/run-databases";
import { spawnNode } from "@llamaagent/testing/services/spawn-node";
import { Redis } from "ioredis";
import type { BusyServer } from "../server/busy-server.ts";
import type { OpenRuns } from "../server/open-runs.ts";
import { QUEUE, SCHEMA } from "./bare-chain-hops.ts";

export interface BareChain extends BusyServer {
  close(): Promise<void>;
}

/**
 * POST, INSERT and commit, BullMQ, UPDATE and commit, publish, SSE, and UPDATE and commit for the end:
 * nothing else, with fsync on.
 */
export async function startBareChain(): Promise<BareChain> {
  await using begun = new AsyncDisposableStack();
  const postgres = await startPostgres({ fsync: true });
  begun.defer(() => postgres.close());
  await withClient(postgres.url, (client) => client.query(SCHEMA));
  const redis = await startRedis();
  begun.defer(() => redis.close());
  const start = async (file: string) => {
    const path = join(import.meta.dirname, file);
    const started = await spawnNode([path, postgres.url, redis.url]);
    begun.defer(() => started.kill());
    return started;
  };
  const worker = await start("bare-chain-worker-main.ts");
  await worker.waitFor(/^ready$/);
  const api = await start("bare-chain-api-main.ts");
  const [, url = ""] = await api.waitFor(/^listening at (\S+)$/);
  const pids = [api, worker, postgres.process, redis.process].map(({ pid }) => pid);

  /** By the queue: a run's end is its job's, and no index for the count weighs on the chain. */
  async function watchOpenRuns(): Promise<OpenRuns> {
    const client = new Redis(redis.url);
    return {
      async count() {
        const [waiting, active] = await Promise.all([
          client.llen(`bull:${QUEUE}:wait`),
          client.llen(`bull:${QUEUE}:active`),
        ]);
        return waiting + active;
      },
      failed: () => client.zcard(`bull:${QUEUE}:failed`),
      close: async () => client.disconnect(),
    };
  }

  const running = begun.move();
  return { url, pids, watchOpenRuns, close: () => running.disposeAsync() };
}
