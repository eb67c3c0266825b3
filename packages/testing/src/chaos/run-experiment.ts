import { once } from "node:events";
import { seededRandom } from "../durability/seeded-random.ts";
import { messageFaults, orderFaults } from "../durability/stream-faults.ts";
import type { Cluster } from "./cluster/cluster.ts";
import { startCluster } from "./cluster/start-cluster.ts";
import type { Chaos, Experiment, Figure } from "./experiment.ts";
import { healthFaults } from "./promises/health-faults.ts";
import { promiseFaults } from "./promises/promise-faults.ts";
import { readFacts } from "./promises/read-facts.ts";
import type { Result } from "./report/result.ts";

export interface RunOptions {
  form: Chaos["form"];
  seed: number;
  log: (text: string) => void;
}

/** Many times what an experiment takes: one that hangs fails, and the others follow. */
const LIMIT_MINUTES = { short: 4, long: 20 };

/** One experiment on servers of its own, and the promises that hold in every one. */
export async function runExperiment(
  experiment: Experiment,
  { form, seed, log }: RunOptions,
): Promise<Result> {
  const figures: Figure[] = [];
  const faults: string[] = [];
  const clusters: Cluster[] = [];
  const startedAt = performance.now();
  const counts = { runs: 0, succeeded: 0, atLeast: 0 };
  const random = seededRandom(seed + experiment.number);
  await using stack = new AsyncDisposableStack();
  const chaos: Chaos = {
    form,
    scale: (short, long) => (form === "short" ? short : long),
    random,
    between: (from, to) => from + random() * (to - from),
    log,
    figure: (figure) => void figures.push(figure),
    fault: (text) => void faults.push(text),
    atEnd: (close) => stack.defer(async () => void (await close())),
    async startCluster(options) {
      const cluster = await startCluster(options, stack);
      clusters.push(cluster);
      log("the servers run");
      return cluster;
    },
  };
  const isOver = once(AbortSignal.timeout(LIMIT_MINUTES[form] * 60_000), "abort").then(() => {
    throw new Error(`not done after ${LIMIT_MINUTES[form]} minutes`);
  });
  try {
    const { atLeast } = await Promise.race([experiment.run(chaos), isOver]);
    counts.atLeast = atLeast;
    for (const cluster of clusters) {
      await cluster.untilEnded();
      log("all runs have ended");
      const facts = await readFacts(cluster);
      counts.runs += facts.acknowledged.length;
      const acknowledged = new Set(facts.acknowledged);
      counts.succeeded += facts.runs.filter(
        ({ id, stopReason }) => acknowledged.has(id) && stopReason === "completed",
      ).length;
      faults.push(...promiseFaults(facts));
      for (const events of cluster.watched)
        faults.push(...orderFaults(events), ...messageFaults(events));
      faults.push(...(await healthFaults(cluster)));
    }
  } catch (error) {
    faults.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  const { number, name } = experiment;
  const seconds = (performance.now() - startedAt) / 1000;
  return { number, name, ...counts, figures, faults, seconds };
}
