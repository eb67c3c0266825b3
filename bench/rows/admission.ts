import { withClient } from "@llamaagent/testing/services/run-databases";
import { Redis } from "ioredis";
import { startNoOpApi } from "../arms/no-op-api.ts";
import type { Benchmark } from "../benchmark.ts";
import { alternate } from "../measure/alternate.ts";
import { median } from "../measure/quartiles.ts";
import { requestRate } from "../measure/request-rate.ts";
import { AGENT, type MeasuredServer, startServer } from "../server/start-server.ts";

const body = JSON.stringify({ agent_id: AGENT, input: "Hello" });

/** What storing a run and hinting at it leaves of the rate at which the server answers anything. */
export const admission: Benchmark = {
  rows: [
    {
      id: "admission",
      what: "admitted runs/s / answers/s of the same server to a validated POST that does nothing",
      unit: "×",
      goal: { atLeast: 0.25, aim: 0.5 },
    },
  ],
  async measure(rounds) {
    await using begun = new AsyncDisposableStack();
    const ours = begun.adopt(await startServer({ workers: 0, model: "bench/0" }), (it) =>
      it.close(),
    );
    const noOp = begun.adopt(await startNoOpApi(ours.postgres.url), (it) => it.close());
    const { seconds } = rounds;
    const measured = await alternate(rounds, {
      noOp: () => requestRate({ url: noOp.url, path: "/no-op", body, seconds }),
      admitted: async () => {
        const rate = await requestRate({ url: ours.url, path: "/runs", body, seconds });
        await forgetRuns(ours);
        return rate;
      },
    });
    const rate = (arm: "noOp" | "admitted") =>
      Math.round(median(measured.map((round) => round[arm])));
    return {
      admission: {
        perRound: measured.map((round) => round.admitted / round.noOp),
        detail: `${rate("admitted")} admitted runs/s; ${rate("noOp")} no-ops/s`,
      },
    };
  },
};

/** Nobody works them off: each round begins with an empty queue. */
async function forgetRuns(server: MeasuredServer): Promise<void> {
  await withClient(server.postgres.url, async (client) => {
    await client.query("TRUNCATE runs, run_events, run_steps");
  });
  const redis = new Redis(server.redis.url);
  await redis.flushall();
  redis.disconnect();
}
