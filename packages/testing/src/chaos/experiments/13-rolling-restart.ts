import { setTimeout as sleep } from "node:timers/promises";
import type { SpawnedProcess } from "../../services/spawn-process.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Load } from "../cluster/submissions.ts";
import { type Chaos, defineExperiment } from "../experiment.ts";
import { atIntervals, type Repetition } from "../load/at-intervals.ts";
import { type Opening, openOnce } from "../load/open-once.ts";
import { readyReplicasFirst } from "../load/ready-replicas.ts";
import { fiveSteps, toolCall } from "../plan/five-steps.ts";
import { manyDeltas } from "../plan/many-deltas.ts";
import type { RunPlan } from "../plan/run-plan.ts";

const WORKERS = 3;
/** Longer than the time that a worker has to reach the end of its steps, and than all of the restarts. */
const LONG_ANSWER_MS = 120_000;
const EVERY_MS = 80;
/** Of each kind, in the 20 s that the slowest worker takes. */
const REQUESTS_MIN = 100;
/** Streams that each replica has open when it is told to go. */
const READERS = 4;

export const rollingRestart = defineExperiment({
  number: 13,
  name: "all processes restarted with SIGTERM under load",
  async run(chaos) {
    const cluster = await chaos.startCluster({
      apis: 2,
      workers: WORKERS,
      env: { WORKER_SLOTS: "8" },
    });
    const effects = cluster.effectsUrl;
    const { id: longId } = await cluster.submitPatiently(longAnswer("long", effects));
    const reading: Promise<unknown>[] = [cluster.watch(longId)];
    const load = startBalancedLoad(cluster, (n) =>
      fiveSteps({ label: `run ${n}`, effects, stepMs: 300, random: chaos.random }),
    );
    const openings = startBalancedOpenings(cluster, longId);
    await sleep(chaos.scale(2_000, 5_000));

    const exits: Exit[] = [];
    // The worker with the long answer takes its 20 s; the others meanwhile, one after the other.
    const slow = await workerOf(cluster, "long");
    const rollingSlow = rollWorker(chaos, cluster, slow).then((exit) => exits.push(exit));
    for (let round = 0; round < chaos.scale(1, 3); round += 1) {
      for (const worker of [...cluster.workers].slice(0, WORKERS))
        if (worker !== slow) exits.push(await rollWorker(chaos, cluster, worker));
      for (const api of cluster.apis.keys()) {
        for (let reader = 0; reader < READERS; reader += 1) {
          const plan = manyDeltas({ label: `read ${round}.${api}.${reader}`, effects });
          const { id } = await cluster.submitPatiently(plan, { api });
          reading.push(cluster.watch(id, { api }));
        }
        exits.push(await rollApi(chaos, cluster, api));
      }
    }
    await rollingSlow;
    const submissions = await load.stop();
    const opened = await openings.stop();
    const isHandedOn = await becomesHandedOn(cluster, longId);
    if (!isHandedOn) chaos.fault("the run whose step took too long is at work nowhere");
    // It would take another two minutes.
    await cluster.client.runs.cancel(longId);
    await cluster.untilEnded();
    await Promise.all(reading);

    const failed = [...submissions, ...opened].filter(({ status }) => status !== 200);
    for (const { status, fault } of failed.slice(0, 5))
      chaos.fault(`a request failed: ${status} ${fault ?? ""}`);
    for (const { what, code } of exits)
      if (code !== 0) chaos.fault(`${what} ended with code ${code}`);
    chaos.figure({ what: "restarts", measured: exits.length, atLeast: WORKERS + 2 });
    chaos.figure({ what: "requests", measured: submissions.length, atLeast: REQUESTS_MIN });
    chaos.figure({ what: "streams opened", measured: opened.length, atLeast: REQUESTS_MIN });
    chaos.figure({ what: "failed", measured: failed.length, atMost: 0 });
    const slowest = Math.max(...exits.map(({ seconds }) => seconds));
    chaos.figure({ what: "slowest exit", measured: slowest, atMost: 25, unit: "s" });
    return { atLeast: cluster.runs.size - 1 };
  },
});

/** A tool call, by which one sees where the run is, and an answer that comes after two minutes. */
function longAnswer(label: string, effects: string): RunPlan {
  const call = { tool: "read_slowly", effects, label: `${label}/read`, ms: 0 } as const;
  return {
    label,
    turns: [{ toolCalls: [toolCall(call)] }, { delayMs: LONG_ANSWER_MS, text: "At last." }],
  };
}

async function workerOf(cluster: Cluster, label: string): Promise<SpawnedProcess> {
  const call = (await cluster.effects()).find((line) => line.label.startsWith(label));
  const worker = cluster.workers.find(({ pid }) => pid === call?.pid);
  if (worker === undefined) throw new Error(`no worker has the run ${label}`);
  return worker;
}

/** Another worker has begun the long answer again, within a second or two. */
async function becomesHandedOn(cluster: Cluster, runId: string): Promise<boolean> {
  for (let looks = 0; looks < 20; looks += 1) {
    const [run] = await cluster.query<{ state: string; epoch: number }>(
      `SELECT state, epoch FROM runs WHERE run_id = $1`,
      [runId],
    );
    // More often than once, where its next worker was told to go too.
    if (run?.state === "running" && run.epoch >= 2) return true;
    await sleep(200);
  }
  return false;
}

interface Exit {
  what: string;
  code: number | null;
  seconds: number;
}

/** Another one first, then the old one is told to go. */
async function rollWorker(chaos: Chaos, cluster: Cluster, worker: SpawnedProcess): Promise<Exit> {
  await cluster.addWorker();
  return terminate(chaos, cluster, worker, "a worker");
}

/** Away for as long as its restart takes: the other replica serves. */
async function rollApi(chaos: Chaos, cluster: Cluster, index: number): Promise<Exit> {
  const api = cluster.apis[index];
  if (api === undefined) throw new Error("a replica is missing");
  const exit = await terminate(chaos, cluster, api, "an API");
  await cluster.restartApi(index);
  return exit;
}

async function terminate(
  chaos: Chaos,
  cluster: Cluster,
  process: SpawnedProcess,
  what: string,
): Promise<Exit> {
  const startedAt = performance.now();
  await cluster.kill(process, "SIGTERM");
  const { code, signal } = await process.exited;
  const seconds = (performance.now() - startedAt) / 1000;
  chaos.log(`${what} ended ${seconds.toFixed(1)} s after SIGTERM (${signal ?? code})`);
  return { what, code, seconds };
}

const startBalancedLoad = (cluster: Cluster, plan: (n: number) => RunPlan): Load =>
  balanced(cluster, (n, api) => cluster.submit(plan(n), { api }));

/** Of a run that is open all the while. */
const startBalancedOpenings = (cluster: Cluster, runId: string): Repetition<Opening> =>
  balanced(cluster, (_n, api) => openOnce(`${cluster.urls[api]}/runs/${runId}/stream`));

/**
 * Requests as a load balancer sends them: to replicas that are ready, and a connection that is refused
 * goes to the next. Any other loss counts as a failure, and nothing is sent again.
 */
function balanced<T extends { fault?: string }>(
  cluster: Cluster,
  request: (n: number, api: number) => Promise<T>,
): Repetition<T> {
  const orderOf = readyReplicasFirst(cluster);
  async function send(n: number): Promise<T> {
    const [first = 0, ...others] = orderOf(n);
    let answer = await request(n, first);
    for (const api of others) {
      if (answer.fault !== "ECONNREFUSED") break;
      answer = await request(n, api);
    }
    return answer;
  }
  return atIntervals({ everyMs: EVERY_MS, until: cluster.closing, once: send });
}
