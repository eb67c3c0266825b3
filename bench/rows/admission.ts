import { withClient } from "@llamaagent/testing/services/run-databases";
import { Redis } from "ioredis";
import { startNoOpApi } from "../arms/no-op-api.ts";
import type { Benchmark } from "../benchmark.ts";
import { alternate } from "../measure/alternate.ts";
import { median } from "../measure/quartiles.ts";
import { requestRate } from "../measure/request-rate.ts";
import { AGENT, type MeasuredServer, startServer } from "../server/start-server.ts";

const HINTED_MIN = 0.99;
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
    const measured = await alternate(
      { ...rounds, units: "requests/s" },
      {
        noOp: () => requestRate({ url: noOp.url, path: "/no-op", body, seconds }),
        admitted: async () => {
          const rate = await requestRate({ url: ours.url, path: "/runs", body, seconds });
          await forgetRuns(ours);
          return rate;
        },
      },
    );
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

/** Nobody works them off: each round begins with an empty queue. Throws where runs have no hint. */
async function forgetRuns(server: MeasuredServer): Promise<void> {
  const runs = await withClient(server.postgres.url, async (client) => {
    const { rows } = await client.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM runs`,
    );
    await client.query("TRUNCATE runs, run_events, run_steps");
    return rows[0]?.count ?? 0;
  });
  const redis = new Redis(server.redis.url);
  const jobIds = await redis.zrange("llamaagent:runs:prioritized", "0", "-1");
  await redis.flushall();
  redis.disconnect();
  // One that took too long pauses them for a second: then the rate is not that of whole admissions.
  // `<run id>-<generation>-<runs>`: a hint tells of several runs.
  const hinted = jobIds.reduce((sum, jobId) => sum + Number(jobId.split("-").at(-1)), 0);
  if (hinted < runs * HINTED_MIN)
    throw new Error(`${runs} runs were admitted, ${hinted} hinted at`);
}
