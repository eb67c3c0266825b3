import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { behindItsTurnP99 } from "../../durability/behind-its-turn.ts";
import { defineExperiment } from "../experiment.ts";
import { fiveSteps } from "../plan/five-steps.ts";
import { manyDeltas } from "../plan/many-deltas.ts";

/** New ones before each flush: the live tail is lost to those that read then. */
const READERS = 4;

export const redisFlushed = defineExperiment({
  number: 5,
  name: "FLUSHALL under load",
  async run(chaos) {
    const cluster = await chaos.startCluster({
      apis: 2,
      workers: 2,
      env: { WORKER_SLOTS: "8" },
    });
    const redis = new Redis(cluster.stores.redisUrl);
    chaos.atEnd(() => redis.disconnect());
    const effects = cluster.effectsUrl;
    const plan = (n: number) =>
      fiveSteps({ label: `run ${n}`, effects, stepMs: 300, random: chaos.random });
    // Some more than the slots take: hints wait when they are lost.
    const load = cluster.startLoad({ everyMs: 80, plan });
    const reading: Promise<unknown>[] = [];
    let lost = 0;
    for (let n = 0; n < chaos.scale(3, 10); n += 1) {
      for (let reader = 0; reader < READERS; reader += 1) {
        const label = `watched ${n}.${reader}`;
        const { id } = await cluster.submitPatiently(manyDeltas({ label, effects }));
        reading.push(cluster.watch(id, { api: reader % 2 }));
      }
      await sleep(chaos.between(2_000, 5_000));
      lost += await redis.zcard("llamaagent:runs:prioritized");
      await redis.flushall();
      chaos.log(`FLUSHALL ${n + 1}`);
    }
    await sleep(1_000);
    const submissions = await load.stop();
    const refused = submissions.filter(({ status }) => status !== 200).length;
    await cluster.untilEnded();
    await Promise.all(reading);
    const behind = await behindItsTurnP99(
      (sql, values) => cluster.query(sql, values),
      cluster.runs.keys(),
    );
    chaos.figure({ what: "hints lost", measured: lost, atLeast: 1 });
    chaos.figure({ what: "POSTs not answered 2xx", measured: refused, atMost: 0 });
    chaos.figure({ what: "start behind its turn, p99", measured: behind, atMost: 15, unit: "s" });
    return { atLeast: cluster.runs.size };
  },
});
