import { setTimeout as sleep } from "node:timers/promises";
import type { Cluster } from "../cluster/cluster.ts";
import type { Load, Submission } from "../cluster/submissions.ts";
import type { RunPlan } from "../plan/run-plan.ts";
import { openRuns } from "./open-runs.ts";

const LOOK_MS = 100;

/** Keeps so many runs open until it is stopped: whatever ends is followed by another. */
export function keepOpen(cluster: Cluster, options: { count: number; plan: () => RunPlan }): Load {
  const submissions: Promise<Submission>[] = [];
  const stopping = new AbortController();
  let awaited = 0;

  async function submitOne(): Promise<Submission> {
    awaited += 1;
    return cluster.submit(options.plan()).finally(() => (awaited -= 1));
  }

  async function keep(): Promise<void> {
    while (!stopping.signal.aborted) {
      // A POST that is not answered may be counted twice: then there are fewer for a moment.
      const missing = options.count - (await openRuns(cluster)) - awaited;
      for (let n = 0; n < missing; n += 1) submissions.push(submitOne());
      await sleep(LOOK_MS);
    }
  }

  const keeping = keep();
  // Told by `stop`, not as an unhandled rejection in between.
  keeping.catch(() => undefined);
  return {
    async stop() {
      stopping.abort();
      await keeping;
      return Promise.all(submissions);
    },
  };
}
