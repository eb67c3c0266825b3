/**
 * How an experiment is written: one file `experiments/<number>-<name>.ts`, listed in `experiments.ts`.
 *
 *   export const workerKills = defineExperiment({
 *     number: 1,
 *     name: "workers killed at random",
 *     async run(chaos) {
 *       const cluster = await chaos.startCluster({ apis: 2, workers: 3 });
 *       for (let n = 0; n < chaos.scale(60, 300); n += 1)
 *         await cluster.submit(fiveSteps({ label: `run ${n}`, effects: cluster.effectsUrl }));
 *       await cluster.kill(cluster.workers[0]);             // and .addWorker(), .signal(), .postgres, .redis
 *       await cluster.untilEnded();                         // settles unknown outcomes by what is true
 *       chaos.figure({ what: "resume p99", measured: 7.4, atMost: 15, unit: "s" });
 *       return { atLeast: cluster.runs.size };
 *     },
 *   });
 *
 * Every POST goes through `cluster.submit` (one attempt), `submitPatiently` or `startLoad`: they keep
 * which runs were acknowledged. When `run` returns, the harness waits for all runs to end and checks
 * what every experiment promises: each acknowledged run has exactly one end, no finished step was
 * begun again, each unsafe effect took place at most once (exactly once in a completed run) and no
 * unsafe call began again unasked, no outcome was unknown unless `mayPauseRuns` says so, a run that
 * waited for one said `effect_unknown`, at least `atLeast` runs completed, the stored events are whole,
 * every process is healthy. An experiment only adds what is its own: `chaos.figure` for what is measured
 * (with `atMost` or `atLeast` it is a bound that must hold: only bounds of a second or more that users
 * are promised), `chaos.fault` for what is wrong. Whoever kills a process starts another before the end.
 * Randomness comes from `chaos.random`, counts and durations from `chaos.scale(short, long)`: the short
 * forms of all take 8 minutes together, most of them half a minute, none over a minute and a half.
 */
import type { Cluster } from "./cluster/cluster.ts";
import type { ClusterOptions } from "./cluster/cluster-options.ts";

export interface Figure {
  what: string;
  measured: number;
  unit?: string;
  /** Bounds: the experiment fails where the figure is outside. */
  atMost?: number;
  atLeast?: number;
}

export interface Chaos {
  form: "short" | "long";
  /** A count or a duration of the form that is run. */
  scale(short: number, long: number): number;
  /** From 0 to below 1; the same for the same seed. */
  random: () => number;
  /** From `from` to `to`. */
  between(from: number, to: number): number;
  /** Progress, for who watches. */
  log(text: string): void;
  figure(figure: Figure): void;
  fault(text: string): void;
  /**
   * After the experiment's checks or its failure, what was begun last first: for what an experiment
   * starts itself. Loads end by themselves.
   */
  atEnd(close: () => unknown): void;
  /** Servers, stores, model and effect server of the experiment's own; closed after its end. */
  startCluster(options: ClusterOptions): Promise<Cluster>;
}

export interface Experiment {
  /** As in the list of the documentation. */
  number: number;
  name: string;
  /** It kills workers inside calls: an unsafe call's outcome may be unknown, and is settled by the harness. */
  mayPauseRuns?: true;
  run(chaos: Chaos): Promise<{
    /** So many runs completed; an experiment in which all fail does not pass. */
    atLeast: number;
  }>;
}

export const defineExperiment = (experiment: Experiment): Experiment => experiment;
