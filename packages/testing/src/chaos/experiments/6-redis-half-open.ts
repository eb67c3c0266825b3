import { setTimeout as sleep } from "node:timers/promises";
import { startToxiproxy, type ToxicProxy } from "../../services/toxiproxy.ts";
import { defineExperiment } from "../experiment.ts";
import { secondsUntilAllClaim } from "../load/claiming-workers.ts";
import { secondsUntilHintsAreConsumed } from "../load/hint-fetches.ts";
import { loadedPhase } from "../load/loaded-phase.ts";
import { percentile } from "../load/percentile.ts";
import { endLags, startStreamReaders } from "../load/stream-readers.ts";
import { fiveSteps, oneAnswer } from "../plan/five-steps.ts";

const READERS = 6;
/** A worker that claims nothing for so long while runs are queued is wedged. */
const WEDGED_SECONDS = 10;
/**
 * The end breaks the connections that were silent, as Toxiproxy does it. Where nothing breaks them they are
 * given up later: see `docs/durability.md`.
 */
const BACK_SECONDS = 5;
/** Noticed by a ping each 5 s with 2 s for its answer; from then on streams are read from Postgres. */
const LATE_SECONDS = 8;

export const redisHalfOpen = defineExperiment({
  number: 6,
  name: "Redis half-open under load",
  async run(chaos) {
    const toxiproxy = await startToxiproxy();
    chaos.atEnd(() => toxiproxy.close());
    let proxy: ToxicProxy | undefined;
    const cluster = await chaos.startCluster({
      apis: 2,
      workers: 2,
      env: { WORKER_SLOTS: "10" },
      async envOf({ redisUrl }) {
        proxy = await toxiproxy.createProxy("redis", redisUrl);
        const through = { REDIS_URL: proxy.url };
        return () => through;
      },
    });
    let number = 0;
    const load = { count: 40, plan: () => oneAnswer(`run ${(number += 1)}`, 400) };
    const readers = startStreamReaders(cluster, {
      count: READERS,
      plan: () =>
        fiveSteps({ label: `read ${(number += 1)}`, effects: cluster.effectsUrl, stepMs: 100 }),
    });
    const before = await loadedPhase(cluster, { ...load, seconds: chaos.scale(3, 15) });

    chaos.log("no byte passes to or from Redis, and nothing is closed");
    const from = Date.now();
    await proxy?.addToxics({ type: "timeout", attributes: { timeout: 0 } });
    const seconds = chaos.scale(10, 60);
    let claimSeconds = 0;
    const half = await loadedPhase(cluster, {
      ...load,
      seconds,
      async meanwhile() {
        await sleep((seconds * 1000) / 2);
        claimSeconds = await secondsUntilAllClaim(cluster, { timeoutSeconds: WEDGED_SECONDS });
      },
    });
    chaos.log("bytes pass again");
    const to = Date.now();
    await proxy?.removeToxics();
    let backSeconds = 0;
    let claimAgainSeconds = 0;
    const after = await loadedPhase(cluster, {
      ...load,
      seconds: chaos.scale(3, 15),
      async meanwhile() {
        [backSeconds, claimAgainSeconds] = await Promise.all([
          secondsUntilHintsAreConsumed(cluster, { timeoutSeconds: 2 * BACK_SECONDS }),
          secondsUntilAllClaim(cluster, { timeoutSeconds: WEDGED_SECONDS }),
        ]);
      },
    });
    const lags = await endLags(cluster, await readers.stop(), { from, to });

    const submissions = [...before.submissions, ...half.submissions, ...after.submissions];
    const refused = submissions.filter(({ runId }) => runId === undefined);
    if (refused.length > 0)
      chaos.fault(`${refused.length} POSTs were not answered 2xx, the first ${refused[0]?.status}`);
    chaos.figure({
      what: "POST p99 while half-open",
      measured: percentile(
        half.submissions.map((submission) => submission.seconds),
        99,
      ),
      atMost: 1,
      unit: "s",
    });
    chaos.figure({
      what: "throughput, of that before",
      measured: (100 * half.perSecond) / before.perSecond,
      unit: "%",
    });
    chaos.figure({
      what: "streams' ends known p99",
      measured: percentile(lags, 99),
      atMost: LATE_SECONDS,
      unit: "s late",
    });
    chaos.figure({
      what: "each worker claims anew, half-open",
      measured: claimSeconds,
      atMost: WEDGED_SECONDS,
      unit: "s",
    });
    chaos.figure({
      what: "afterwards",
      measured: claimAgainSeconds,
      atMost: WEDGED_SECONDS,
      unit: "s",
    });
    chaos.figure({
      what: "hints consumed again after",
      measured: backSeconds,
      atMost: BACK_SECONDS,
      unit: "s",
    });
    return { atLeast: cluster.runs.size };
  },
});
