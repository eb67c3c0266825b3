import { Pool } from "undici";
import { startBareRoundTrip } from "../arms/bare-round-trip.ts";
import type { Benchmark } from "../benchmark.ts";
import { alternate } from "../measure/alternate.ts";
import { latencies, warmUp } from "../measure/latencies.ts";
import { median } from "../measure/quartiles.ts";
import { runAndWait } from "../server/run-and-wait.ts";
import { startServer } from "../server/start-server.ts";

/** How long a run takes of which the model takes nothing, one at a time on an idle server. */
export const overhead: Benchmark = {
  rows: [
    {
      id: "overhead",
      what: "p50 of POST /runs/wait with a 0 ms model / p50 of a bare BullMQ round trip (add, work in another process, result), idle",
      unit: "×",
      goal: { atMost: 5 },
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
    const measured = await alternate(rounds, {
      bare: async () => median(await latencies(rounds, bare.call)),
      run: async () => median(await latencies(rounds, wait)),
    });
    const ms = (arm: "bare" | "run") => median(measured.map((round) => round[arm])).toFixed(2);
    return {
      overhead: {
        perRound: measured.map((round) => round.run / round.bare),
        detail: `${ms("run")} ms a run; ${ms("bare")} ms a bare job`,
      },
    };
  },
};
