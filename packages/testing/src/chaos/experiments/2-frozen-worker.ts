import { setTimeout as sleep } from "node:timers/promises";
import { recordRedisCommands, type SentCommand } from "../../services/redis-commands.ts";
import type { SpawnedProcess } from "../../services/spawn-process.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { type Interrupted, watchResumes } from "../cluster/resume-watch.ts";
import { defineExperiment } from "../experiment.ts";
import { percentile } from "../load/percentile.ts";
import { fiveSteps } from "../plan/five-steps.ts";
import { manyDeltas } from "../plan/many-deltas.ts";

const WATCHED = 8;
/** What the frozen worker still does when it goes on shows within this time. */
const AFTER_THAW_MS = 4_000;

export const frozenWorker = defineExperiment({
  number: 2,
  name: "a worker frozen with SIGSTOP, then SIGCONT",
  async run(chaos) {
    const cluster = await chaos.startCluster({
      apis: 1,
      workers: 3,
      env: { WORKER_SLOTS: "8" },
    });
    const redis = await recordRedisCommands(cluster.stores.redisUrl);
    chaos.atEnd(() => redis.close());
    const effects = cluster.effectsUrl;
    const reading: Promise<unknown>[] = [];
    for (let n = 0; n < chaos.scale(60, 150); n += 1) {
      // All the time some of them stream, some call tools.
      const plan = n % 2 === 0 ? fiveSteps : manyDeltas;
      const { id } = await cluster.submitPatiently(
        plan({ label: `run ${n}`, effects, stepMs: 400, random: chaos.random }),
      );
      if (n < WATCHED) reading.push(cluster.watch(id));
    }
    await sleep(chaos.between(1_500, 2_500));

    const frozen = await workerAtWork(cluster);
    const resumes = watchResumes(cluster);
    cluster.signal(frozen, "SIGSTOP");
    chaos.log(`froze worker ${frozen.pid}`);
    await resumes.workerLost();
    await sleep(chaos.scale(17_000, 30_000));
    const had = await resumes.stop();
    const thawedAt = Date.now();
    cluster.signal(frozen, "SIGCONT");
    chaos.log("it goes on");
    await sleep(AFTER_THAW_MS);

    const sent = sentFor(had, redis.sent, thawedAt);
    const stored = await storedFor(cluster, had, thawedAt);
    const resumed = percentile(
      had.map(({ seconds }) => seconds),
      99,
    );
    chaos.figure({ what: "runs that it had", measured: had.length, atLeast: 1 });
    chaos.figure({ what: "resume p99", measured: resumed, atMost: 15, unit: "s" });
    chaos.figure({ what: "events that it sent to the tail after", measured: sent, atMost: 0 });
    chaos.figure({ what: "rows that it stored after", measured: stored, atMost: 0 });
    await cluster.untilEnded();
    await Promise.all(reading);
    return { atLeast: cluster.runs.size };
  },
});

/** The one that called a tool last. */
async function workerAtWork(cluster: Cluster): Promise<SpawnedProcess> {
  const last = (await cluster.effects()).findLast(({ phase }) => phase === "begun");
  const worker = cluster.workers.find(({ pid }) => pid === last?.pid);
  if (worker === undefined) throw new Error("no worker has called a tool");
  return worker;
}

/** Events of its epochs that Redis was sent: the tail would refuse them, but they are not even tried. */
function sentFor(had: readonly Interrupted[], sent: readonly SentCommand[], since: number): number {
  const epochs = new Map(had.map(({ runId, epoch }) => [runId, epoch]));
  return sent
    .filter(({ at }) => at > since)
    .flatMap(({ args }) => {
      const runId = args.map((arg) => /:([0-9a-f-]{36})\}:events$/.exec(arg)?.[1]).find(Boolean);
      const epoch = epochs.get(runId ?? "") ?? -1;
      const ids = args.map((arg) => /^(\d+)-\d+$/.exec(arg)?.[1]);
      return ids.filter((id) => id !== undefined && Number(id) <= epoch);
    }).length;
}

/** Events and finished steps of its epochs that were committed. */
async function storedFor(
  cluster: Cluster,
  had: readonly Interrupted[],
  since: number,
): Promise<number> {
  const [row] = await cluster.query<{ rows: number }>(
    `WITH had AS (SELECT * FROM unnest($1::uuid[], $2::int[]) AS had (run_id, epoch)),
       late AS (
         SELECT e.xmin FROM run_events e JOIN had USING (run_id) WHERE e.epoch <= had.epoch
         UNION ALL
         SELECT s.xmin FROM run_steps s JOIN had USING (run_id) WHERE s.epoch <= had.epoch AND s.state <> 'unknown')
     SELECT count(*)::int AS rows FROM late WHERE pg_xact_commit_timestamp(xmin) > to_timestamp($3::float8 / 1000)`,
    [had.map(({ runId }) => runId), had.map(({ epoch }) => epoch), since],
  );
  return row?.rows ?? Infinity;
}
