import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Cluster } from "../cluster/cluster.ts";
import { watchResumes } from "../cluster/resume-watch.ts";
import { defineExperiment } from "../experiment.ts";
import { percentile } from "../load/percentile.ts";
import { fiveSteps } from "../plan/five-steps.ts";

/** Of the Debian package `faketime`. */
const LIBRARIES = ["x86_64", "aarch64"].map(
  (machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketime.so.1`,
);
/** Seconds by which each worker's clock is off; the last one's is right. */
const OFF_SECONDS = [300, -300, 0];

export const skewedClocks = defineExperiment({
  number: 14,
  name: "clocks of workers off by ±5 minutes",
  async run(chaos) {
    const library = LIBRARIES.find((path) => existsSync(path));
    if (library === undefined) throw new Error("install the package faketime first");
    const cluster = await chaos.startCluster({
      apis: 1,
      workers: OFF_SECONDS.length,
      env: { WORKER_SLOTS: "6" },
      envOf: async () => (app, index) =>
        app === "worker" ? shiftedClock(library, OFF_SECONDS[index] ?? 0) : {},
    });
    const effects = cluster.effectsUrl;
    for (let n = 0; n < chaos.scale(60, 200); n += 1)
      await cluster.submit(
        fiveSteps({ label: `run ${n}`, effects, stepMs: 400, random: chaos.random }),
      );
    const resumes = watchResumes(cluster);
    // One after the other dies, whatever its clock says; each time those that are left take over.
    for (const off of [0, 300]) {
      await sleep(chaos.between(2_000, 3_000));
      const victim = cluster.workers.at(-1);
      if (victim === undefined) throw new Error("there is no worker to kill");
      await cluster.kill(victim);
      await resumes.workerLost();
      chaos.log("killed a worker");
      await cluster.addWorker(shiftedClock(library, off));
    }
    await cluster.untilEnded();
    const seconds = (await resumes.stop()).map((run) => run.seconds);
    chaos.figure({ what: "events dated wrong", measured: await wronglyDated(cluster), atLeast: 1 });
    chaos.figure({ what: "interrupted", measured: seconds.length, atLeast: 1 });
    chaos.figure({
      what: "resume p99",
      measured: percentile(seconds, 99),
      atMost: 15,
      unit: "s",
    });
    return { atLeast: cluster.runs.size };
  },
});

/** Of the wall clock alone: intervals stay what they are, as they do on a machine whose clock is off. */
function shiftedClock(library: string, seconds: number): NodeJS.ProcessEnv {
  if (seconds === 0) return {};
  return {
    LD_PRELOAD: library,
    FAKETIME: `${seconds > 0 ? "+" : ""}${seconds}s`,
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
  };
}

/** Events whose date is off their commit by more than a minute: the clocks were what they were to be. */
async function wronglyDated(cluster: Cluster): Promise<number> {
  const [row] = await cluster.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM run_events
     WHERE abs(extract(epoch FROM (data::json->>'at')::timestamptz - pg_xact_commit_timestamp(xmin))) > 60`,
  );
  return row?.count ?? 0;
}
