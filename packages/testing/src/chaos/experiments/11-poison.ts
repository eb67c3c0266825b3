import { setTimeout as sleep } from "node:timers/promises";
import type { Cluster } from "../cluster/cluster.ts";
import { replaceDeadWorkers } from "../cluster/replace-dead-workers.ts";
import { type Chaos, defineExperiment } from "../experiment.ts";
import { percentile } from "../load/percentile.ts";
import { oneAnswer } from "../plan/five-steps.ts";
import type { RunPlan } from "../plan/run-plan.ts";

const TOOLS = ["exit", "hoard", "spin"];
const EVERY_MS = 50;
/**
 * Short, so that a worker's death meets few runs: those wait for their next owner, and must be less than
 * 1 in 100. Long enough that a moment's wait for a core does not double it.
 */
const ANSWER_MS = 250;
/**
 * A run goes on within 15 s of its worker's death. The rest is for its own answer, and for the start of
 * another worker where all three had died at once.
 */
const LOST_SECONDS = 20;
const WARM_UP_MS = 3_000;
/**
 * In the long form. Each poison run ends two workers, and each death hits one or two neighbours, who wait
 * some 12 s: one every 25 s hits 0.7 in 100 (measured), which leaves the p99 to chance.
 */
const POISON_EVERY_MS = 40_000;
/** From its first strike to its end a busy loop takes a minute. */
const POISONED_SECONDS = 120;
/** From this strike on a run ends only a process of its own. */
const QUARANTINE_FROM = 2;

export const poison = defineExperiment({
  number: 11,
  name: "runs that end, fill and block the process that executes them",
  async run(chaos) {
    const cluster = await chaos.startCluster({
      apis: 1,
      workers: 3,
      tools: TOOLS,
      env: {
        LLAMAAGENT_PLUGINS: "./apps/worker/src/test/poison-plugin.ts",
        // As in a small container: else the memory of the machine is filled first.
        NODE_OPTIONS: "--max-old-space-size=256",
      },
    });
    const replacing = replaceDeadWorkers(cluster);
    const phase = neighbours(chaos, cluster);
    await phase("warm", () => sleep(WARM_UP_MS));
    const alone = await phase("alone", () => sleep(chaos.scale(3_000, 60_000)));
    chaos.log("poison comes");
    const poisoned: string[] = [];
    const beside = await phase("beside", async () => {
      for (let round = 0; round < chaos.scale(1, 2); round += 1)
        for (const tool of TOOLS) {
          poisoned.push(await poisonBy(cluster, tool, round));
          // One worker dies at a time; all at once, to save time, they leave none to the neighbours.
          if (chaos.form === "long")
            await Promise.all([
              reached(cluster, poisoned, QUARANTINE_FROM),
              sleep(POISON_EVERY_MS),
            ]);
        }
      await reached(cluster, poisoned, Infinity);
    });
    const deaths = await replacing.stop();
    chaos.figure({
      what: "neighbours' p99, of that without poison",
      measured: p99(beside) / p99(alone),
      // In the short form three die at once in a short time: that hits more than 1 in 100.
      ...(chaos.form === "long" ? { atMost: 2 } : {}),
    });
    chaos.figure({
      what: "of those whose worker lived",
      measured: p99(beside.filter(({ lost }) => lost === 0)) / p99(alone),
      ...(chaos.form === "long" ? { atMost: 2 } : {}),
    });
    chaos.figure({ what: "p99 without poison", measured: p99(alone), unit: "s" });
    const hit = beside.filter(({ lost }) => lost > 0).length;
    chaos.figure({ what: "neighbours whose worker died", measured: hit, atLeast: 1 });
    chaos.figure({
      what: "neighbours' longest, for each death that it met",
      measured: Math.max(...beside.map(({ seconds, lost }) => seconds / Math.max(1, lost))),
      atMost: LOST_SECONDS,
      unit: "s",
    });
    // From the second strike on a run dies in a process of its own.
    chaos.figure({ what: "workers that died", measured: deaths, atMost: 2 * poisoned.length });
    await checkPoisoned(chaos, cluster, poisoned);
    return { atLeast: cluster.runs.size - poisoned.length };
  },
});

interface Neighbour {
  seconds: number;
  /** How many workers died under it. */
  lost: number;
}

const p99 = (runs: readonly Neighbour[]): number =>
  percentile(
    runs.map(({ seconds }) => seconds),
    99,
  );

/** Runs that come in all the while, until they have ended. */
function neighbours(chaos: Chaos, cluster: Cluster) {
  return async (label: string, meanwhile: () => Promise<unknown>): Promise<Neighbour[]> => {
    const plan = (n: number): RunPlan => oneAnswer(`${label} ${n}`, ANSWER_MS);
    const load = cluster.startLoad({ everyMs: EVERY_MS, plan });
    await meanwhile();
    const submissions = await load.stop();
    const refused = submissions.filter(({ runId }) => runId === undefined);
    for (const { status, fault } of refused.slice(0, 5))
      chaos.fault(`a POST was not answered 2xx: ${status} ${fault ?? ""}`);
    const ids = submissions.map(({ runId }) => runId);
    for (;;) {
      // Every claim raises the epoch.
      const rows = await cluster.query<{ seconds: number | null; lost: number }>(
        `SELECT extract(epoch FROM ended_at - created_at)::float8 AS seconds, epoch - 1 AS lost
         FROM runs WHERE run_id = ANY($1::uuid[])`,
        [ids],
      );
      const ended = rows.flatMap(({ seconds, lost }) =>
        seconds === null ? [] : [{ seconds, lost }],
      );
      if (ended.length === rows.length) return ended;
      await sleep(250);
    }
  };
}

/** Starts a run that calls the tool; its id. */
async function poisonBy(cluster: Cluster, tool: string, round: number): Promise<string> {
  const run = await cluster.submitPatiently({
    label: `${tool} ${round}`,
    turns: [{ toolCalls: [{ name: tool, arguments: {} }] }, { text: "Unreached." }],
  });
  return run.id;
}

/** Until each of the runs has so many strikes, or has ended; what has not in two minutes is found later. */
async function reached(cluster: Cluster, ids: readonly string[], strikes: number): Promise<void> {
  for (let seconds = 0; seconds < POISONED_SECONDS; seconds += 0.5) {
    const open = await cluster.query(
      `SELECT FROM runs WHERE run_id = ANY($1::uuid[]) AND state <> 'ended' AND strikes < $2::float8`,
      [ids, strikes],
    );
    if (open.length === 0) return;
    await sleep(500);
  }
}

async function checkPoisoned(
  chaos: Chaos,
  cluster: Cluster,
  ids: readonly string[],
): Promise<void> {
  for (const id of ids) {
    const { state, stop_reason: reason, error } = await cluster.client.runs.get(id);
    if (reason !== "poisoned" || error?.code !== "poisoned")
      chaos.fault(`${cluster.runs.get(id)?.plan.label} is ${state}, ${reason}, ${error?.code}`);
  }
}
