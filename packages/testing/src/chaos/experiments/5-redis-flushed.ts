import { setTimeout as sleep } from "node:timers/promises";
import { longestPause, startsBehindTurn } from "../../durability/behind-its-turn.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { defineExperiment } from "../experiment.ts";
import { observeRedis } from "../load/observe-redis.ts";
import { percentile } from "../load/percentile.ts";
import { endLags, startStreamReaders } from "../load/stream-readers.ts";
import { fiveSteps } from "../plan/five-steps.ts";
import { manyDeltas } from "../plan/many-deltas.ts";

const READERS = 6;
/** Come to runs at work right after each flush: what the tail had of these is lost to them. */
const JOINERS = 8;
/** Each 10 s a replica looks into Postgres for its readers; the rest is for a machine that is busy. */
const LATE_SECONDS = 12;

export const redisFlushed = defineExperiment({
  number: 5,
  name: "FLUSHALL under load",
  async run(chaos) {
    const cluster = await chaos.startCluster({
      apis: 2,
      workers: 2,
      env: { WORKER_SLOTS: "8" },
    });
    const redis = observeRedis(cluster.stores.redisUrl);
    chaos.atEnd(() => redis.disconnect());
    const effects = cluster.effectsUrl;
    const plan = (n: number) =>
      fiveSteps({ label: `run ${n}`, effects, stepMs: 300, random: chaos.random });
    // Some more than the slots take: hints wait when they are lost.
    const load = cluster.startLoad({ everyMs: 80, plan });
    let number = 0;
    const readers = startStreamReaders(cluster, {
      count: READERS,
      plan: () => manyDeltas({ label: `watched ${(number += 1)}`, effects }),
    });
    const from = Date.now();
    const joining: Promise<number>[] = [];
    let lost = 0;
    for (let n = 0; n < chaos.scale(3, 10); n += 1) {
      await sleep(chaos.between(2_000, 5_000));
      lost += await redis.zcard("llamaagent:runs:prioritized");
      await redis.flushall();
      const atWork = await cluster.query<{ id: string }>(
        `SELECT run_id AS id FROM runs WHERE state = 'running' ORDER BY started_at DESC LIMIT $1`,
        [JOINERS],
      );
      for (const { id } of atWork) {
        const joined = latestEvent(cluster, id);
        // Told where it is awaited, not as an unhandled rejection in between.
        joined.catch(() => undefined);
        joining.push(joined);
      }
      chaos.log(`FLUSHALL ${n + 1}`);
    }
    await sleep(1_000);
    const submissions = await load.stop();
    const refused = submissions.filter(({ status }) => status !== 200).length;
    const read = await readers.stop();
    const eventLags = await Promise.all(joining);
    await cluster.untilEnded();
    const lags = await endLags(cluster, read, { from, to: Date.now() });
    const starts = await startsBehindTurn(
      (sql, values) => cluster.query(sql, values),
      cluster.runs.keys(),
    );
    chaos.figure({ what: "hints lost", measured: lost, atLeast: 1 });
    chaos.figure({ what: "POSTs not answered 2xx", measured: refused, atMost: 0 });
    chaos.figure({
      what: "start behind its turn, p99",
      measured: percentile(
        starts.map(({ late }) => late),
        99,
      ),
      atMost: 15,
      unit: "s",
    });
    chaos.figure({
      what: "longest pause between starts",
      measured: longestPause(starts),
      atMost: 15,
      unit: "s",
    });
    chaos.figure({ what: "streams read to their end", measured: lags.length, atLeast: READERS });
    chaos.figure({ what: "joined after a flush", measured: eventLags.length, atLeast: JOINERS });
    chaos.figure({
      what: "their latest event",
      measured: Math.max(...eventLags),
      atMost: LATE_SECONDS,
      unit: "s late",
    });
    chaos.figure({
      what: "latest end known",
      measured: Math.max(...lags),
      atMost: LATE_SECONDS,
      unit: "s late",
    });
    return { atLeast: cluster.runs.size };
  },
});

/** Seconds by which an event came late at most, to a reader who joins now and reads to the end. */
async function latestEvent(cluster: Cluster, runId: string): Promise<number> {
  const joinedAt = Date.now();
  let late = 0;
  for await (const { data } of cluster.client.runs.stream(runId, { signal: cluster.closing }))
    late = Math.max(late, Date.now() - Math.max(joinedAt, Date.parse(data.at)));
  return late / 1000;
}
