import { setTimeout as sleep } from "node:timers/promises";
import { longestPause, startsBehindTurn, type Start } from "../../durability/behind-its-turn.ts";
import type { SpawnedProcess } from "../../services/spawn-process.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { type ResumeWatch, watchResumes } from "../cluster/resume-watch.ts";
import { type Chaos, defineExperiment } from "../experiment.ts";
import { type HeldHints, type HeldRun, watchHeldHints } from "../load/held-hints.ts";
import { openRuns } from "../load/open-runs.ts";
import { percentile } from "../load/percentile.ts";
import { fiveSteps, toolCall } from "../plan/five-steps.ts";
import type { RunPlan } from "../plan/run-plan.ts";
import { settleEachWay } from "../promises/settle-each-way.ts";

const WORKERS = 3;
/** Few, so that runs stand in line and each worker holds hints that it has not claimed. */
const SLOTS = 4;
/** More than two workers have slots for: each of the three has one. */
const LONG_CALLS = SLOTS * (WORKERS - 1) + 1;
const LONG_CALL_MS = 8_000;
/** The two that are aimed, and random ones. */
const KILLS_MIN = 4;
/** Not each victim has a run in every slot. */
const FULL_VICTIMS = 3;
const NEVER = { startedAt: Infinity, late: Infinity };

export const workerKills = defineExperiment({
  number: 1,
  name: "random workers killed with kill -9",
  mayPauseRuns: true,
  async run(chaos) {
    const cluster = await chaos.startCluster({
      apis: 1,
      workers: WORKERS,
      env: { WORKER_SLOTS: String(SLOTS) },
    });
    const hints = await watchHeldHints(cluster);
    chaos.atEnd(() => hints.close());
    const effects = cluster.effectsUrl;
    // The first two kills meet these before and after their effect: the other unsafe calls are short.
    for (let n = 0; n < LONG_CALLS; n += 1) await cluster.submit(longCall(`long ${n}`, effects));
    const count = chaos.scale(100, 300);
    const stepMs = chaos.scale(250, 500);
    for (let n = 0; n < count; n += 1)
      await cluster.submit(fiveSteps({ label: `run ${n}`, effects, stepMs, random: chaos.random }));
    const { resumes, held } = await killUntilNearlyDone(chaos, cluster, hints);
    const starts = await startsBehindTurn(
      (sql, values) => cluster.query(sql, values),
      cluster.runs.keys(),
    );
    const late = starts.map((start) => start.late);
    const aborted = await settleEachWay(chaos, cluster);
    const seconds = (await resumes.stop()).map((run) => run.seconds);
    chaos.figure({
      what: "interrupted",
      measured: seconds.length,
      atLeast: chaos.scale(FULL_VICTIMS, 8) * SLOTS,
    });
    chaos.figure({
      what: "resume p50",
      measured: percentile(seconds, 50),
      unit: "s",
    });
    chaos.figure({ what: "p99", measured: percentile(seconds, 99), atMost: 15, unit: "s" });
    chaos.figure({
      what: "start behind its turn, p99",
      measured: percentile(late, 99),
      atMost: 15,
      unit: "s",
    });
    chaos.figure({
      what: "hints that died between fetch and claim",
      measured: held.hints,
      atLeast: 1,
    });
    chaos.figure({ what: "runs that waited then", measured: held.runs.length, atLeast: 1 });
    chaos.figure({
      what: "their latest start behind its turn",
      measured: Math.max(...held.runs.map((run) => lateBy(run, starts))),
      atMost: 15,
      unit: "s",
    });
    chaos.figure({
      what: "longest pause between starts",
      measured: longestPause(starts),
      atMost: 15,
      unit: "s",
    });
    return { atLeast: LONG_CALLS + count - aborted };
  },
});

function longCall(label: string, effects: string): RunPlan {
  const call = { tool: "write_once", effects, label: `${label}/effect`, ms: LONG_CALL_MS } as const;
  return {
    label,
    turns: [{ text: "The effect.", toolCalls: [toolCall(call)] }, { text: "Done." }],
  };
}

/** A kill each 3 to 8 s, another worker in the place of each; the last runs are left to them. */
async function killUntilNearlyDone(
  chaos: Chaos,
  cluster: Cluster,
  hints: HeldHints,
): Promise<{ resumes: ResumeWatch; held: { hints: number; runs: HeldRun[] } }> {
  const resumes = watchResumes(cluster);
  let kills = 0;
  const held = { hints: 0, runs: new Array<HeldRun>() };
  let replacing: Promise<unknown> = Promise.resolve();
  for (;;) {
    // The first before the effects of the long calls, the second after them.
    await sleep(kills === 0 ? 2_500 : chaos.between(3_000, kills === 1 ? 4_500 : 8_000));
    const open = await openRuns(cluster);
    if (kills >= KILLS_MIN && open < cluster.runs.size / 10) break;
    await replacing;
    const victim = await choose(chaos, cluster, kills);
    const died = await hints.heldBy(async () => {
      await cluster.kill(victim);
      await resumes.workerLost();
    });
    held.hints += died.hints;
    held.runs.push(...died.runs);
    kills += 1;
    chaos.log(`kill ${kills}, ${open} runs to go`);
    // Not waited for: it would shift the next kill.
    replacing = cluster.addWorker();
    replacing.catch(() => undefined);
  }
  await replacing;
  chaos.figure({ what: "kills", measured: kills, atLeast: chaos.scale(KILLS_MIN, 8) });
  while ((await openRuns(cluster)) > 0) await sleep(200);
  return { resumes, held };
}

/** Seconds by which a run's start came after its turn, as far as the kill is the reason. */
function lateBy({ runId, killedAt }: HeldRun, starts: readonly Start[]): number {
  const { startedAt, late } = starts.find((start) => start.runId === runId) ?? NEVER;
  return Math.min(late, (startedAt - killedAt) / 1000);
}

/** The first two victims are inside long calls, before and after their effect; then any. */
async function choose(chaos: Chaos, cluster: Cluster, kills: number): Promise<SpawnedProcess> {
  const { workers } = cluster;
  const calls = (await cluster.effects()).filter(({ label }) => label.startsWith("long"));
  const phase = kills === 0 ? "begun" : "done";
  const pids = new Set(calls.filter((call) => call.phase === phase).map(({ pid }) => pid));
  const inside = kills < 2 ? workers.filter(({ pid }) => pids.has(pid)) : [];
  const among = inside.length > 0 ? inside : workers;
  const victim = among[Math.floor(chaos.random() * among.length)];
  if (victim === undefined) throw new Error("there is no worker to kill");
  return victim;
}
