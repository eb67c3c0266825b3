import type { SpawnedProcess } from "../../services/spawn-process.ts";
import type { Cluster } from "./cluster.ts";

export interface Replacing {
  /** How many have died. */
  stop(): Promise<number>;
}

/** As a supervisor does: a worker that has died is followed by another. */
export function replaceDeadWorkers(cluster: Cluster): Replacing {
  let deaths = 0;
  let stopped = false;
  const starting = new Set<Promise<void>>();

  async function replace(worker: SpawnedProcess): Promise<void> {
    deaths += 1;
    await cluster.kill(worker); // it is gone: from now on it is not missed
    watch(await cluster.addWorker());
  }

  function watch(worker: SpawnedProcess): void {
    void worker.exited.then(() => {
      if (stopped || cluster.closing.aborted) return;
      const started = replace(worker).finally(() => starting.delete(started));
      // Told by `stop`, not as an unhandled rejection in between.
      started.catch(() => undefined);
      starting.add(started);
    });
  }

  for (const worker of cluster.workers) watch(worker);
  return {
    async stop() {
      stopped = true;
      await Promise.all(starting);
      return deaths;
    },
  };
}
