import { setTimeout as sleep } from "node:timers/promises";
import { createSecondTenant, type SecondTenant } from "../../server/second-tenant.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { type Chaos, defineExperiment } from "../experiment.ts";
import { watchHintAdds } from "../load/hint-adds.ts";
import { oneAnswer } from "../plan/five-steps.ts";

const WORKERS = 3;
const AT_ONCE = 40;
/** Few slots and slow answers: a slot comes free each 170 ms, so that they can be told apart. */
const SLOTS = { WORKER_SLOTS: "2" };
const ANSWER_MS = 1_000;
/** What a sweeper hints again at most, each 2 s. */
const SWEPT_AT_ONCE = 200;
const SWEEP_SECONDS = 2;
/** Of a size that one storm over all that is queued would not pass. */
const WINDOW_SECONDS = 2;
/** Seconds after its admission at which a queued run may be hinted again. */
const HINTED_AGAIN_AT = [5, 15, 35, 75, 135, 195, 255];

export const oneTenantsQueue = defineExperiment({
  number: 15,
  name: "thousands of queued runs of one tenant",
  async run(chaos) {
    const cluster = await chaos.startCluster({ apis: 2, workers: WORKERS, env: SLOTS });
    const second = await createSecondTenant({ ...cluster.stores, model: "openai/fake-model" });
    const adds = await watchHintAdds(cluster.stores.redisUrl);
    try {
      const queued = chaos.scale(1_500, 10_000);
      const startedAt = performance.now();
      await queueRuns(cluster, queued);
      chaos.log(`${queued} runs are queued`);
      const queuedAt = performance.now();
      await admitOthers(chaos, cluster, second);
      const seconds = (performance.now() - startedAt) / 1000;

      const sweeps = WINDOW_SECONDS / SWEEP_SECONDS + 1;
      chaos.figure({
        what: `hints added again, most in ${WINDOW_SECONDS} s`,
        measured: adds.mostWithin(WINDOW_SECONDS * 1000, queuedAt) / WINDOW_SECONDS,
        atMost: (WORKERS * SWEPT_AT_ONCE * sweeps) / WINDOW_SECONDS,
        unit: "/s",
      });
      chaos.figure({
        what: "hints a queued run",
        measured: adds.total() / queued,
        atMost: 1 + HINTED_AGAIN_AT.filter((at) => at < seconds).length,
      });
      // So that the queue comes to its end.
      await Promise.all([1, 2].map(() => cluster.addWorker({ WORKER_SLOTS: "150" })));
      await cluster.untilEnded();
    } finally {
      adds.close();
      await second.close();
    }
    return { atLeast: cluster.runs.size };
  },
});

async function queueRuns(cluster: Cluster, count: number): Promise<void> {
  let next = 0;
  async function queueOneByOne(): Promise<void> {
    while (next < count) await cluster.submitPatiently(oneAnswer(`run ${next++}`, ANSWER_MS));
  }
  await Promise.all(Array.from({ length: AT_ONCE }, queueOneByOne));
}

/** Each run of the other tenant is begun in the next or the next but one slot that comes free, and at once. */
async function admitOthers(chaos: Chaos, cluster: Cluster, second: SecondTenant): Promise<void> {
  const starts: Start[] = [];
  for (let n = 0; n < chaos.scale(6, 30); n += 1) {
    await sleep(chaos.between(500, 1_500));
    const id = await second.admit(JSON.stringify(oneAnswer(`other ${n}`, ANSWER_MS)));
    starts.push(await startOf(cluster, id));
  }
  const ahead = starts.map((start) => start.ahead);
  chaos.log(`slots taken before the other tenant's runs: ${ahead.join(" ")}`);
  chaos.figure({
    what: "slots taken before another tenant",
    measured: Math.max(...ahead),
    atMost: 1,
  });
  chaos.figure({
    what: "its start behind the slot that it waited for",
    measured: Math.max(...starts.map(({ secondsBehind }) => secondsBehind)),
    atMost: 1,
    unit: "s",
  });
}

interface Start {
  /** How many runs were claimed between the commit that admitted this one and its own claim. */
  ahead: number;
  /** From the first end of a run after that commit, which left a slot free, to its own claim. */
  secondsBehind: number;
}

async function startOf(cluster: Cluster, id: string): Promise<Start> {
  for (;;) {
    const [row] = await cluster.query<Start & { started: boolean }>(
      // Of its first event: the row of the run itself is written again.
      `WITH admitted AS (SELECT pg_xact_commit_timestamp(xmin) AS at FROM run_events WHERE run_id = $1 ORDER BY epoch, seq LIMIT 1)
       SELECT own.started_at IS NOT NULL AS started, (SELECT count(*)::int FROM runs
         WHERE started_at > admitted.at AND started_at < own.started_at) AS ahead,
         greatest(0, extract(epoch FROM own.started_at -
           (SELECT min(ended_at) FROM runs WHERE ended_at > admitted.at)))::float8 AS "secondsBehind"
       FROM runs own, admitted WHERE run_id = $1`,
      [id],
    );
    if (row?.started) return row;
    await sleep(50);
  }
}
