import type { Benchmark } from "../benchmark.ts";
import { alternate } from "../measure/alternate.ts";
import { median } from "../measure/quartiles.ts";
import { keepBusy } from "../server/keep-busy.ts";
import { startServer } from "../server/start-server.ts";

const SLOTS = 10;
/** 200 ms on average: of equal length, ten runs end at once, and a window holds one such wave more or less. */
const MODEL = "bench/150-250";
const MODEL_SECONDS = 0.2;
const COUNTS = [1, 2, 4] as const;

const idOf = (workers: number): string => `scaling_${workers}`;
const name = (workers: number): string => `${workers} worker process${workers === 1 ? "" : "es"}`;

/** What more worker processes bring where the model is what takes time. */
export const scaling: Benchmark = {
  rows: COUNTS.map((workers) => ({
    id: idOf(workers),
    what: `runs/s of ${name(workers)} (${SLOTS} slots each, 200 ms model) / the most that the slots allow`,
    unit: "×",
    ...(workers === 4 ? { goal: { atLeast: 0.9 } } : {}),
  })),
  async measure(rounds) {
    await using begun = new AsyncDisposableStack();
    const servers = [];
    for (const workers of COUNTS) {
      const server = await startServer({
        workers,
        model: MODEL,
        env: { WORKER_SLOTS: `${SLOTS}` },
      });
      begun.defer(() => server.close());
      servers.push({ workers, server });
    }
    const arms = servers.map(({ workers, server }) => {
      const measure = () =>
        keepBusy(server, { seconds: rounds.seconds, slots: workers * SLOTS }).then(
          ({ runsPerSecond }) => runsPerSecond,
        );
      return [idOf(workers), measure] as const;
    });
    const measured = await alternate({ ...rounds, units: "runs/s" }, Object.fromEntries(arms));
    const rows = COUNTS.map((workers) => {
      const perSecond = measured.map((round) => round[idOf(workers)] ?? 0);
      const most = (workers * SLOTS) / MODEL_SECONDS;
      const row = {
        perRound: perSecond.map((runs) => runs / most),
        detail: `${median(perSecond).toFixed(0)} of ${most} runs/s`,
      };
      return [idOf(workers), row] as const;
    });
    return Object.fromEntries(rows);
  },
};
