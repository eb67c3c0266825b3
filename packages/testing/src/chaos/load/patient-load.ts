import type { Cluster } from "../cluster/cluster.ts";
import type { Load, Submission } from "../cluster/submissions.ts";
import type { RunPlan } from "../plan/run-plan.ts";

/**
 * A run every so many milliseconds, each of which is tried again under one key until it is
 * acknowledged, as the documentation tells clients to. Gives every attempt.
 */
export function startPatientLoad(
  cluster: Cluster,
  options: { everyMs: number; plan: (index: number) => RunPlan },
): Load {
  const runs: Promise<Submission[]>[] = [];
  const timer = setInterval(
    () => runs.push(cluster.insist(options.plan(runs.length))),
    options.everyMs,
  );
  // An experiment that fails half-way does not stop it.
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      return (await Promise.all(runs)).flat();
    },
  };
}
