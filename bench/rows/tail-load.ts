import { createSecondTenant } from "@llamaagent/testing/server/second-tenant";
import { Pool } from "undici";
import type { Benchmark } from "../benchmark.ts";
import { alternate } from "../measure/alternate.ts";
import { latencies, warmUp } from "../measure/latencies.ts";
import { median, quantile } from "../measure/quartiles.ts";
import { startCrowd } from "../server/crowd.ts";
import { runAndWait } from "../server/run-and-wait.ts";
import { startServer } from "../server/start-server.ts";

const WORKERS = 4;
const QUEUED = 1_000;
const MODEL_MS = 200;
const AT_ONCE = 4;

/** What a full queue of one tenant does to the slowest runs of another. */
export const tailLoad: Benchmark = {
  rows: [
    {
      id: "tail_load",
      what: "p99 of POST /runs/wait while 1,000 runs of another tenant are queued, 4 workers / p99 idle; the model's 200 ms taken off both",
      unit: "×",
    },
  ],
  async measure(rounds) {
    await using begun = new AsyncDisposableStack();
    const server = await startServer({ workers: WORKERS, model: `bench/${MODEL_MS}` });
    begun.defer(() => server.close());
    const others = await createSecondTenant({
      databaseUrl: server.postgres.url,
      redisUrl: server.redis.url,
      model: "bench/150-250",
    });
    begun.defer(() => others.close());
    const pool = new Pool(server.url, { connections: AT_ONCE });
    begun.defer(() => pool.close());
    const wait = () => runAndWait(pool);
    const overModel = async () => {
      const taken = await latencies({ ...rounds, atOnce: AT_ONCE }, wait);
      return quantile(taken, 0.99) - MODEL_MS;
    };
    await warmUp(wait, 20);
    const measured = await alternate(
      { ...rounds, units: "ms" },
      {
        idle: overModel,
        crowded: async () => {
          const crowd = await startCrowd(server, {
            count: QUEUED,
            admit: () => others.admit("Hello"),
          });
          const p99 = await overModel();
          await crowd.stop();
          return p99;
        },
      },
    );
    const ms = (arm: "idle" | "crowded") => median(measured.map((round) => round[arm])).toFixed(1);
    return {
      tail_load: {
        perRound: measured.map((round) => round.crowded / round.idle),
        detail: `${ms("crowded")} ms with the queue full; ${ms("idle")} ms idle`,
      },
    };
  },
};
