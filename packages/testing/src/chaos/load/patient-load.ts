import type { Cluster } from "../cluster/cluster.ts";
import type { Load } from "../cluster/submissions.ts";
import type { RunPlan } from "../plan/run-plan.ts";
import { atIntervals } from "./at-intervals.ts";

/**
 * A run every so many milliseconds, each of which is tried again under one key until it is
 * acknowledged, as the documentation tells clients to. Gives every attempt.
 */
export function startPatientLoad(
  cluster: Cluster,
  { everyMs, plan }: { everyMs: number; plan: (index: number) => RunPlan },
): Load {
  const once = (index: number) => cluster.insist(plan(index));
  const repetition = atIntervals({ everyMs, until: cluster.closing, once });
  return { stop: async () => (await repetition.stop()).flat() };
}
