import { setTimeout as sleep } from "node:timers/promises";
import type { Cluster } from "../cluster/cluster.ts";
import type { Submission } from "../cluster/submissions.ts";
import type { RunPlan } from "../plan/run-plan.ts";
import { keepOpen } from "./keep-open.ts";
import { throughput } from "./throughput.ts";

export interface LoadedPhase {
  submissions: Submission[];
  /** Runs that ended per second. */
  perSecond: number;
}

/** So many seconds with so many runs open; `meanwhile` runs beside it. */
export async function loadedPhase(
  cluster: Cluster,
  options: { seconds: number; count: number; plan: () => RunPlan; meanwhile?: () => Promise<void> },
): Promise<LoadedPhase> {
  const load = keepOpen(cluster, options);
  const from = Date.now();
  await Promise.all([sleep(options.seconds * 1000), options.meanwhile?.()]);
  const to = Date.now();
  const submissions = await load.stop();
  return { submissions, perSecond: await throughput(cluster, from, to) };
}
