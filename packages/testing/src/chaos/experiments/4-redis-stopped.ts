import { setTimeout as sleep } from "node:timers/promises";
import type { Cluster } from "../cluster/cluster.ts";
import { type Chaos, defineExperiment } from "../experiment.ts";
import { secondsUntilHintsAreConsumed } from "../load/hint-fetches.ts";
import { loadedPhase } from "../load/loaded-phase.ts";
import { percentile } from "../load/percentile.ts";
import { secondsToStart } from "../load/seconds-to-start.ts";
import { endLags, startStreamReaders } from "../load/stream-readers.ts";
import { fiveSteps, oneAnswer } from "../plan/five-steps.ts";

const READERS = 6;
/**
 * So short, and so many, that the processes are what limits the throughput: slots and waiting would allow
 * 400 runs/s.
 */
const ANSWER_MS = 50;
const OPEN = 100;
/**
 * A worker with a free slot looks into Postgres after 1 s by itself; the rest is for the claim on a machine
 * that is busy. Workers that wait for hints instead would not be back before Redis.
 */
const START_SECONDS = 2;

export const redisStopped = defineExperiment({
  number: 4,
  name: "Redis stopped under load",
  async run(chaos) {
    const cluster = await chaos.startCluster({
      apis: 2,
      workers: 2,
      // It comes back with what it had: old hints and tails, which Postgres is ahead of.
      redis: { appendOnly: true },
      env: { WORKER_SLOTS: "10" },
    });
    let number = 0;
    const load = { count: OPEN, plan: () => oneAnswer(`run ${(number += 1)}`, ANSWER_MS) };
    const readers = startStreamReaders(cluster, {
      count: READERS,
      plan: () =>
        fiveSteps({ label: `read ${(number += 1)}`, effects: cluster.effectsUrl, stepMs: 100 }),
    });

    await loadedPhase(cluster, { ...load, seconds: 2 });
    const before = await loadedPhase(cluster, { ...load, seconds: chaos.scale(4, 20) });
    chaos.log("Redis stops");
    const stoppedAt = Date.now();
    await cluster.redis.process.kill("SIGTERM");
    const away = await loadedPhase(cluster, { ...load, seconds: chaos.scale(6, 60) });
    const delays = await startDelays(chaos, cluster);
    chaos.log("Redis starts");
    const startedAt = Date.now();
    await cluster.redis.start();
    let backSeconds = 0;
    const after = await loadedPhase(cluster, {
      ...load,
      seconds: chaos.scale(3, 15),
      meanwhile: async () => {
        backSeconds = await secondsUntilHintsAreConsumed(cluster, { timeoutSeconds: 10 });
      },
    });
    const read = await readers.stop();
    const lags = await endLags(cluster, read, { from: stoppedAt, to: startedAt });

    const submissions = [...before.submissions, ...away.submissions, ...after.submissions];
    const refused = submissions.filter(({ status }) => status < 200 || status > 299);
    if (refused.length > 0)
      chaos.fault(`${refused.length} POSTs were not answered 2xx, the first ${refused[0]?.status}`);
    chaos.figure({
      what: "throughput while Redis is away, of that before",
      measured: (100 * away.perSecond) / before.perSecond,
      atLeast: 50,
      unit: "%",
    });
    chaos.figure({ what: "before", measured: before.perSecond, unit: "runs/s" });
    chaos.figure({ what: "after", measured: after.perSecond, unit: "runs/s" });
    chaos.figure({
      what: "hints consumed again after",
      measured: backSeconds,
      atMost: 5,
      unit: "s",
    });
    chaos.figure({
      what: "streams read to their end meanwhile",
      measured: lags.length,
      atLeast: READERS,
    });
    chaos.figure({
      what: "their ends known p50",
      measured: percentile(lags, 50),
      unit: "s late",
    });
    chaos.figure({
      what: "p99",
      measured: percentile(lags, 99),
      atMost: 3,
      unit: "s late",
    });
    chaos.figure({ what: "runs that found a slot free", measured: delays.length });
    chaos.figure({
      what: "begun after p99",
      measured: percentile(delays, 99),
      atMost: START_SECONDS,
      unit: "s",
    });
    return { atLeast: cluster.runs.size };
  },
});

/** Seconds from admission to start of single runs, once the load has ended: the readers' leave slots free. */
async function startDelays(chaos: Chaos, cluster: Cluster): Promise<number[]> {
  await untilNoneIsQueued(cluster);
  const ids: string[] = [];
  for (let n = 0; n < chaos.scale(10, 40); n += 1) {
    // A worker looks each second: at any moment of it.
    await sleep(chaos.between(200, 700));
    ids.push((await cluster.submitPatiently(oneAnswer(`probe ${n}`, 100))).id);
  }
  await untilNoneIsQueued(cluster);
  return secondsToStart(cluster, ids);
}

async function untilNoneIsQueued(cluster: Cluster): Promise<void> {
  while ((await cluster.query(`SELECT FROM runs WHERE state = 'queued' LIMIT 1`)).length > 0)
    await sleep(100);
}
