import { setTimeout as sleep } from "node:timers/promises";
import type { Cluster } from "../cluster/cluster.ts";
import { type Chaos, defineExperiment } from "../experiment.ts";
import { lookupsAfterTheEnd } from "../load/lookups-after-the-end.ts";
import { startPatientLoad } from "../load/patient-load.ts";
import { startLookups, startOpenings } from "../load/run-lookups.ts";
import { startStreamReaders } from "../load/stream-readers.ts";
import { fiveSteps } from "../plan/five-steps.ts";

/** In order, at once, and without its own doing: the last two recover from the log. */
const SIGNALS = ["SIGINT", "SIGQUIT", "SIGKILL"] as const;

export const postgresRestarts = defineExperiment({
  number: 7,
  name: "Postgres restarted every 5–10 s",
  async run(chaos) {
    const cluster = await chaos.startCluster({ apis: 2, workers: 2 });
    const { random } = chaos;
    const plan = (label: string) => fiveSteps({ label, effects: cluster.effectsUrl, random });
    const load = startPatientLoad(cluster, { everyMs: 200, plan: (n) => plan(`run ${n}`) });
    let number = 0;
    const readers = startStreamReaders(cluster, {
      count: 4,
      plan: () => plan(`read ${(number += 1)}`),
    });
    const lookups = startLookups(cluster, { everyMs: 100, random });
    // Not by the readers' client, which tries again and hides what it was told.
    const openings = startOpenings(cluster, { everyMs: 50, random });
    const restarts = await restartPostgres(chaos, cluster, chaos.scale(13, 120));
    await readers.stop();
    const submissions = await load.stop();
    const looked = await lookups.stop();
    const opened = await openings.stop();

    const answers = [...submissions, ...looked, ...opened];
    const afterEnd = lookupsAfterTheEnd(looked);
    const away = answers.filter(({ status }) => status === 503);
    let wrongAnswers = 0;
    for (const [what, wrong] of [
      ["5xx that are no 503", answers.filter(({ status }) => status >= 500 && status !== 503)],
      ["503 without Retry-After", away.filter(({ retryAfter }) => retryAfter === undefined)],
      ["requests without an answer", answers.filter(({ status }) => status === 0)],
      ["POSTs neither accepted nor 503", submissions.filter(({ status }) => isRefusal(status))],
      ["lookups neither answered nor 503", looked.filter(({ status }) => isRefusal(status))],
      ["openings neither answered nor 503", opened.filter(({ status }) => isRefusal(status))],
      [
        "answers about another run",
        looked.filter(({ answered, runId }) => answered !== undefined && answered !== runId),
      ],
      ["answers that take a run's end back", afterEnd.changed],
    ] as const) {
      wrongAnswers += wrong.length;
      if (wrong.length > 0) chaos.fault(`${wrong.length} ${what}: ${JSON.stringify(wrong[0])}`);
    }
    chaos.figure({
      what: "5xx that are no 503, and other wrong answers",
      measured: wrongAnswers,
      atMost: 0,
    });
    chaos.figure({ what: "restarts", measured: restarts, atLeast: 2 });
    chaos.figure({ what: "POSTs, lookups, openings", measured: answers.length });
    chaos.figure({ what: "503 of them", measured: away.length, atLeast: 1 });
    for (const what of ["stream", "steps"])
      chaos.figure({
        what: `of ${what}`,
        measured: opened.filter(({ status, url }) => status === 503 && url.endsWith(what)).length,
        atLeast: 1,
      });
    chaos.figure({ what: "lookups after an end", measured: afterEnd.count, atLeast: 1 });
    const [row] = await cluster.query<{ strikes: number }>(
      `SELECT sum(strikes)::int AS strikes FROM runs`,
    );
    // No worker died, and none was taken for dead.
    chaos.figure({ what: "strikes", measured: row?.strikes ?? 0, atMost: 0 });
    return { atLeast: cluster.runs.size };
  },
});

const isRefusal = (status: number): boolean => status >= 300 && status < 500;

/** Once, in the long form: all leases have run out when it returns, and nobody died. */
const OUTAGE_MS = 15_000;

/** How often it was restarted in so many seconds. */
async function restartPostgres(chaos: Chaos, cluster: Cluster, seconds: number): Promise<number> {
  let lastAt = performance.now();
  const until = lastAt + seconds * 1000;
  let restarts = 0;
  while (performance.now() < until) {
    // From one to the next, its time away included.
    const nextAt = lastAt + chaos.between(5_000, chaos.scale(7_000, 10_000));
    await sleep(Math.max(0, nextAt - performance.now()));
    lastAt = performance.now();
    const signal = SIGNALS[Math.floor(chaos.random() * SIGNALS.length)] ?? "SIGINT";
    chaos.log(`Postgres gets ${signal}`);
    await cluster.postgres.process.kill(signal);
    const isOutage = restarts === chaos.scale(-1, 3);
    await sleep(isOutage ? OUTAGE_MS : chaos.between(0, 2_000));
    await cluster.postgres.start();
    restarts += 1;
  }
  return restarts;
}
