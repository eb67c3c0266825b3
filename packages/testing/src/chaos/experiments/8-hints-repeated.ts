import { setTimeout as sleep } from "node:timers/promises";
import { defineExperiment } from "../experiment.ts";
import { repeatHints } from "../load/repeat-hints.ts";
import { fiveSteps } from "../plan/five-steps.ts";

const TIMES = 3;
const LATE_MS_MAX = 4_000;
/** What is due then is delivered within this. */
const DELIVERY_MS = 1_000;

export const hintsRepeated = defineExperiment({
  number: 8,
  name: "each hint delivered three times",
  async run(chaos) {
    const cluster = await chaos.startCluster({ apis: 2, workers: 3, env: { WORKER_SLOTS: "10" } });
    const { random } = chaos;
    const repeated = await repeatHints(cluster, { lateMs: () => random() * LATE_MS_MAX });
    chaos.atEnd(() => repeated.close());
    const count = chaos.scale(70, 1_000);
    const submitting: Promise<unknown>[] = [];
    for (let n = 0; n < count; n += 1) {
      const plan = fiveSteps({
        label: `run ${n}`,
        effects: cluster.effectsUrl,
        stepMs: 100,
        random,
      });
      submitting.push(cluster.submit(plan));
      await sleep(50);
      // Its runs are handed back: they become claimable again, with hints of a second generation.
      if (n === Math.floor(count / 2)) submitting.push(replaceOne());
    }
    /** At once, so that it has runs at work: in the time that the new one takes to start they might end. */
    async function replaceOne(): Promise<void> {
      const [first] = cluster.workers;
      await Promise.all([first && cluster.kill(first, "SIGTERM"), cluster.addWorker()]);
    }
    await Promise.all(submitting);
    await cluster.untilEnded();
    await sleep(LATE_MS_MAX + DELIVERY_MS);
    await repeated.close();

    const [row] = await cluster.query<{ claims: number; turns: number }>(
      `SELECT sum(epoch)::int AS claims, sum(generation)::int AS turns FROM runs`,
    );
    const { hints } = repeated;
    const again = hints.filter(({ generation }) => generation > 1);
    const fewest = Math.min(...hints.map(({ deliveries }) => deliveries));
    chaos.figure({ what: "hints", measured: hints.length, atLeast: count });
    chaos.figure({ what: "of a run handed back", measured: again.length, atLeast: 1 });
    chaos.figure({ what: "deliveries of each, fewest", measured: fewest, atLeast: TIMES });
    const { claims = 0, turns = 0 } = row ?? {};
    chaos.figure({ what: "claims", measured: claims, atLeast: turns, atMost: turns });
    return { atLeast: count };
  },
});
