import { setTimeout as sleep } from "node:timers/promises";
import type { Cluster } from "../cluster/cluster.ts";
import { type Interrupted, type ResumeWatch, watchResumes } from "../cluster/resume-watch.ts";
import { defineExperiment } from "../experiment.ts";
import { percentile } from "../load/percentile.ts";
import { shiftedClock } from "../../services/shifted-clock.ts";
import { fiveSteps } from "../plan/five-steps.ts";

/** Seconds by which each worker's clock is off, in the order of starting. */
const OFF_SECONDS = [300, -300, 0];
/**
 * Of which two die, in this order. By the first's own clock its lease would last five minutes too long;
 * by the second's its runs would be taken from it while it lives.
 */
const DYING_OFF_SECONDS = [300, -300];
const SLOTS = 6;
/** Before the next one dies it is known whose runs were interrupted: see `watchResumes`. */
const BETWEEN_MS = 5_000;
/** An event has its date before its commit, which is 50 ms later as a rule. */
const COMMITTED_WITHIN_SECONDS = 10;

export const skewedClocks = defineExperiment({
  number: 14,
  name: "clocks of workers off by ±5 minutes",
  mayPauseRuns: true,
  async run(chaos) {
    const cluster = await chaos.startCluster({
      apis: 1,
      workers: OFF_SECONDS.length,
      env: { WORKER_SLOTS: String(SLOTS) },
      envOf: async () => (app, index) =>
        app === "worker" ? shiftedClock(OFF_SECONDS[index] ?? 0) : {},
    });
    const effects = cluster.effectsUrl;
    const count = chaos.scale(90, 300);
    for (let n = 0; n < count; n += 1)
      await cluster.submit(
        fiveSteps({ label: `run ${n}`, effects, stepMs: 400, random: chaos.random }),
      );
    const started = [...cluster.workers];
    const resumes: { off: number; watch: ResumeWatch }[] = [];
    for (const off of DYING_OFF_SECONDS) {
      await sleep(resumes.length === 0 ? chaos.between(2_000, 3_000) : BETWEEN_MS);
      const victim = started[OFF_SECONDS.indexOf(off)];
      if (victim === undefined) throw new Error("there is no worker to kill");
      await untilItWrote(cluster, off);
      const watch = watchResumes(cluster);
      await cluster.kill(victim);
      await watch.workerLost();
      resumes.push({ off, watch });
      chaos.log(`killed the worker whose clock is off by ${off} s`);
      await cluster.addWorker(shiftedClock(off));
    }
    await cluster.untilEnded();
    let interrupted = 0;
    for (const { off, watch } of resumes) {
      const had = await watch.stop();
      interrupted += had.length;
      const seconds = had.map((run) => run.seconds);
      const clock = `${signed(off)} s`;
      chaos.figure({ what: `interrupted at ${clock}`, measured: had.length, atLeast: 1 });
      // It was the worker that it was to be, and its clock what it was to be.
      chaos.figure({
        what: "events dated off by",
        measured: await datedOff(cluster, had),
        atLeast: off - COMMITTED_WITHIN_SECONDS,
        atMost: off + COMMITTED_WITHIN_SECONDS,
        unit: "s",
      });
      chaos.figure({
        what: "resume p99",
        measured: percentile(seconds, 99),
        atMost: 15,
        unit: "s",
      });
    }
    const [row] = await cluster.query<{ epochs: number }>(
      `SELECT sum(epoch)::int AS epochs FROM runs`,
    );
    // One a run, one for each death that it met, one for each result that was given for it, and one to go on after a pause.
    const { made } = cluster.settlements;
    const given = made.filter(({ outcome }) => outcome === "done").length;
    const paused = new Set(made.map(({ key }) => key.split(":")[0])).size;
    const due = count + interrupted + given + paused;
    chaos.figure({
      what: "epochs: none for a worker that lived",
      measured: row?.epochs ?? 0,
      atLeast: due,
      atMost: due,
    });
    return { atLeast: count };
  },
});

const signed = (seconds: number): string => `${seconds > 0 ? "+" : ""}${seconds}`;

/** A worker that had only begun to claim left nothing that shows its clock. */
async function untilItWrote(cluster: Cluster, off: number): Promise<void> {
  while (!cluster.closing.aborted) {
    const [wrote] = await cluster.query<{ runs: number }>(
      `SELECT count(DISTINCT run_id)::int AS runs FROM run_events
       WHERE abs(extract(epoch FROM
         (data::json->>'at')::timestamptz - pg_xact_commit_timestamp(xmin)) - $1) < $2`,
      [off, COMMITTED_WITHIN_SECONDS],
    );
    if ((wrote?.runs ?? 0) >= SLOTS) return;
    await sleep(100);
  }
}

/** Seconds by which the median event of a worker's runs is dated after its commit. */
async function datedOff(cluster: Cluster, had: readonly Interrupted[]): Promise<number> {
  const [row] = await cluster.query<{ seconds: number | null }>(
    `SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM
       (data::json->>'at')::timestamptz - pg_xact_commit_timestamp(e.xmin))::float8) AS seconds
     FROM run_events e JOIN unnest($1::uuid[], $2::int[]) AS had (run_id, epoch) USING (run_id, epoch)`,
    [had.map(({ runId }) => runId), had.map(({ epoch }) => epoch)],
  );
  return row?.seconds ?? Number.NaN;
}
