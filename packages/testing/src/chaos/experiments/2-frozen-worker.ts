import { setTimeout as sleep } from "node:timers/promises";
import { recordRedisCommands } from "../../services/redis-commands.ts";
import type { SentCommand } from "../../services/redis-monitor.ts";
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
  mayPauseRuns: true,
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
    for (let n = 0; n < chaos.scale(50, 150); n += 1) {
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
    const frozenAt = Date.now();
    cluster.signal(frozen, "SIGSTOP");
    chaos.log(`froze worker ${frozen.pid}`);
    await resumes.workerLost();
    await sleep(chaos.scale(15_000, 30_000));
    const had = await resumes.stop();
    const thawedAt = Date.now();
    cluster.signal(frozen, "SIGCONT");
    chaos.log("it goes on");
    await sleep(AFTER_THAW_MS);

    const sentAt = sendingTimes(had, redis.sent);
    const storedAt = await storingTimes(cluster, had);
    const before = (times: readonly number[]) => times.filter((at) => at < frozenAt).length;
    const after = (times: readonly number[]) => times.filter((at) => at > thawedAt).length;
    const resumed = percentile(
      had.map(({ seconds }) => seconds),
      99,
    );
    chaos.figure({ what: "runs that it had", measured: had.length, atLeast: 1 });
    chaos.figure({ what: "resume p99", measured: resumed, atMost: 15, unit: "s" });
    // What is read shows in that it is there before.
    chaos.figure({ what: "events sent to the tail before", measured: before(sentAt), atLeast: 1 });
    chaos.figure({ what: "after", measured: after(sentAt), atMost: 0 });
    chaos.figure({ what: "rows stored before", measured: before(storedAt), atLeast: 1 });
    chaos.figure({ what: "after", measured: after(storedAt), atMost: 0 });
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

/**
 * When Redis was sent each event of its epochs (Unix milliseconds): the tail would refuse late ones, but
 * they are not even tried.
 */
function sendingTimes(had: readonly Interrupted[], sent: readonly SentCommand[]): number[] {
  const epochs = new Map(had.map(({ runId, epoch }) => [runId, epoch]));
  return sent.flatMap(({ at, args }) =>
    args
      // As Redis prints a line's end.
      .flatMap((arg) => arg.split(String.raw`\n`))
      .flatMap((line) => {
        const [, epoch, runId] = /^(\d+)-\d+ \S+ .*"run_id":"([0-9a-f-]{36})"/.exec(line) ?? [];
        return runId !== undefined && epochs.get(runId) === Number(epoch) ? [at] : [];
      }),
  );
}

/** When the events and the finished steps of its epochs were committed (Unix milliseconds). */
async function storingTimes(cluster: Cluster, had: readonly Interrupted[]): Promise<number[]> {
  const rows = await cluster.query<{ at: number }>(
    `WITH had AS (SELECT * FROM unnest($1::uuid[], $2::int[]) AS had (run_id, epoch)),
       own AS (
         SELECT e.xmin FROM run_events e JOIN had USING (run_id) WHERE e.epoch = had.epoch
         UNION ALL
         SELECT s.xmin FROM run_steps s JOIN had USING (run_id) WHERE s.epoch = had.epoch AND s.state <> 'unknown')
     SELECT extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8 * 1000 AS at FROM own`,
    [had.map(({ runId }) => runId), had.map(({ epoch }) => epoch)],
  );
  return rows.map(({ at }) => at);
}
