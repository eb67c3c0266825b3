import { Pool } from "undici";
import type { Benchmark } from "../benchmark.ts";
import { alternate } from "../measure/alternate.ts";
import { warmUp } from "../measure/latencies.ts";
import { median } from "../measure/quartiles.ts";
import { offerRuns } from "../server/offer-runs.ts";
import { runAndWait } from "../server/run-and-wait.ts";
import { startServer } from "../server/start-server.ts";

const WORKERS = 2;
const SLOTS = 10;
const MODEL = "bench/150-250";
const MODEL_SECONDS = 0.2;
/** Runs per second that the slots allow. */
const MOST = (WORKERS * SLOTS) / MODEL_SECONDS;
const DEADLINE_MS = 3_000;
/** What is let wait for longer would be answered too late. */
const SHED_WAIT_SECONDS = 1;
/** Until the queue is as long as it gets; without shedding the deadline is passed by then. */
const WARM_UP_SECONDS = 8;

/** What is left of what the server can do when twice as much is asked of it. */
export const goodput: Benchmark = {
  rows: [
    {
      id: "goodput",
      what: "runs/s answered within 3 s while twice as many come as 2 workers (10 slots each, 200 ms model) can do / while as many come",
      unit: "×",
      goal: { atLeast: 0.85 },
    },
    {
      id: "goodput_unshed",
      what: "the same of a server that refuses none of them",
      unit: "×",
    },
  ],
  async measure(rounds) {
    await using begun = new AsyncDisposableStack();
    const start = async (shedAfterSeconds: number) => {
      const server = await startServer({
        workers: WORKERS,
        model: MODEL,
        env: {
          WORKER_SLOTS: `${SLOTS}`,
          LLAMAAGENT_SHED_WAIT_SECONDS: `${shedAfterSeconds}`,
        },
      });
      begun.defer(() => server.close());
      const pool = new Pool(server.url);
      await warmUp(() => runAndWait(pool), 20);
      await pool.close();
      return server;
    };
    const shedding = await start(SHED_WAIT_SECONDS);
    const taking = await start(1_000_000);
    const { seconds } = rounds;
    const offered = {
      warmUpSeconds: WARM_UP_SECONDS,
      seconds,
      deadlineMs: DEADLINE_MS,
    };
    const measured = await alternate(
      { ...rounds, units: "runs/s in time" },
      {
        peak: () => offerRuns(shedding, { ...offered, runsPerSecond: MOST, warmUpSeconds: 2 }),
        twice: () => offerRuns(shedding, { ...offered, runsPerSecond: 2 * MOST }),
        unshed: () => offerRuns(taking, { ...offered, runsPerSecond: 2 * MOST }),
      },
    );
    const perSecond = (arm: "peak" | "twice" | "unshed") =>
      median(measured.map((round) => round[arm])).toFixed(0);
    return {
      goodput: {
        perRound: measured.map((round) => round.twice / round.peak),
        detail: `${perSecond("twice")} runs/s in time of ${2 * MOST} asked for; ${perSecond("peak")} of ${MOST}`,
      },
      goodput_unshed: {
        perRound: measured.map((round) => round.unshed / round.peak),
        detail: `${perSecond("unshed")} runs/s in time of ${2 * MOST} asked for`,
      },
    };
  },
};
