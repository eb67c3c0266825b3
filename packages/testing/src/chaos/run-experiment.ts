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

/**
 * About three times what the longest takes, on a machine of two cores. One that hangs fails; its servers
 * are closed, by which what it has under way fails too, and the others follow.
 */
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
  // What a failed experiment has under way when its servers are closed would end those that follow, too.
  const onStray = (error: unknown): void =>
    void faults.push(`rejected unawaited: ${textOf(error)}`);
  process.on("unhandledRejection", onStray);
  stack.defer(() => void process.off("unhandledRejection", onStray));
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
  /** Whether it did not throw. */
  const attempt = (what: () => Promise<void>): Promise<boolean> =>
    what().then(
      () => true,
      (error: unknown) => {
        faults.push(textOf(error));
        return false;
      },
    );
  const isDone = await attempt(async () => {
    const { atLeast } = await Promise.race([experiment.run(chaos), isOver]);
    counts.atLeast = atLeast;
  });
  for (const cluster of clusters) {
    // Of an experiment that failed half-way it is of use what its runs are now.
    if (isDone) await attempt(() => cluster.untilEnded());
    log("the runs are checked");
    await attempt(async () => {
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
    });
  }
  figures.push(settledFigure(experiment, clusters));
  const { number, name } = experiment;
  const seconds = (performance.now() - startedAt) / 1000;
  return { number, name, ...counts, figures, faults, seconds };
}

const textOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

/** Where no worker is lost inside a call, a run that pauses asks a person for nothing. */
function settledFigure({ mayPauseRuns }: Experiment, clusters: readonly Cluster[]): Figure {
  const measured = clusters.flatMap(({ settlements }) => settlements.made).length;
  return { what: "outcomes settled", measured, ...(mayPauseRuns ? {} : { atMost: 0 }) };
}
