import { Pool } from "undici";
import { startBareRoundTrip } from "../arms/bare-round-trip.ts";
import type { Benchmark } from "../benchmark.ts";
import { alternate } from "../measure/alternate.ts";
import { latencies, warmUp } from "../measure/latencies.ts";
import { median } from "../measure/quartiles.ts";
import { runAndWait } from "../server/run-and-wait.ts";
import { startServer } from "../server/start-server.ts";

/** Long enough that nothing is under way any more, and short enough for some seventy calls in a round. */
const PAUSE_MS = 50;

/** How long a run takes of which the model takes nothing, one at a time. */
export const overhead: Benchmark = {
  rows: [
    {
      id: "overhead",
      what: "p50 of POST /runs/wait with a 0 ms model / p50 of a bare BullMQ round trip (add, work in another process, result), idle: 50 ms between two",
      unit: "×",
      goal: { atMost: 5 },
    },
    {
      id: "overhead_closed_loop",
      what: "the same, each as soon as the one before has ended",
      unit: "×",
    },
  ],
  async measure(rounds) {
    await using begun = new AsyncDisposableStack();
    const bare = begun.adopt(await startBareRoundTrip(), (it) => it.close());
    const server = begun.adopt(await startServer({ workers: 1, model: "bench/0" }), (it) =>
      it.close(),
    );
    const pool = begun.adopt(new Pool(server.url, { connections: 1 }), (it) => it.close());
    const wait = (): Promise<void> => runAndWait(pool);
    await warmUp(bare.call);
    await warmUp(wait);
    const idle = { ...rounds, pauseMs: PAUSE_MS };
    const measured = await alternate(
      { ...rounds, units: "ms" },
      {
        bareIdle: async () => median(await latencies(idle, bare.call)),
        runIdle: async () => median(await latencies(idle, wait)),
        bare: async () => median(await latencies(rounds, bare.call)),
        run: async () => median(await latencies(rounds, wait)),
      },
    );
    type Arm = keyof (typeof measured)[number];
    const ms = (arm: Arm) => median(measured.map((round) => round[arm])).toFixed(2);
    const row = (run: Arm, job: Arm) => ({
      perRound: measured.map((round) => round[run] / round[job]),
      detail: `${ms(run)} ms a run; ${ms(job)} ms a bare job`,
    });
    return {
      overhead: row("runIdle", "bareIdle"),
      overhead_closed_loop: row("run", "bare"),
    };
  },
};
