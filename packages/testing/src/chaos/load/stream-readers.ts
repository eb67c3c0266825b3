import { isTerminalEvent } from "@llamaagent/client";
import type { Cluster } from "../cluster/cluster.ts";
import type { RunPlan } from "../plan/run-plan.ts";

/** A run that was read to its end. */
export interface ReadRun {
  runId: string;
  /** When the reader saw the end, in Unix milliseconds. */
  seenAt: number;
}

export interface StreamReaders {
  /** Stops after the runs that are read now; gives all. */
  stop(): Promise<ReadRun[]>;
}

/** Readers, each of which starts a run, reads its stream to the end, and starts another. */
export function startStreamReaders(
  cluster: Cluster,
  options: { count: number; plan: () => RunPlan },
): StreamReaders {
  const read: ReadRun[] = [];
  const stopping = new AbortController();

  async function readOn(reader: number): Promise<void> {
    while (!stopping.signal.aborted) {
      const api = reader % cluster.urls.length;
      const { id: runId } = await cluster.submitPatiently(options.plan());
      const last = (await cluster.watch(runId, { api })).at(-1);
      if (!last || !isTerminalEvent(last))
        throw new Error(`the stream of ${runId} ended with ${last?.type}`);
      read.push({ runId, seenAt: Date.now() });
    }
  }

  const reading = Promise.all(Array.from({ length: options.count }, (_, n) => readOn(n)));
  // Told by `stop`, not as an unhandled rejection in between.
  reading.catch(() => undefined);
  return {
    async stop() {
      stopping.abort();
      await reading;
      return read;
    },
  };
}

/** Seconds between an end and its reader's knowledge of it, of the runs that ended between two moments. */
export async function endLags(
  cluster: Cluster,
  read: readonly ReadRun[],
  { from, to }: { from: number; to: number },
): Promise<number[]> {
  const rows = await cluster.query<{ id: string; ended: number }>(
    `SELECT run_id AS id, extract(epoch FROM ended_at)::float8 * 1000 AS ended
     FROM runs WHERE run_id = ANY($1::uuid[])`,
    [read.map(({ runId }) => runId)],
  );
  const endedAt = new Map(rows.map(({ id, ended }) => [id, ended]));
  return read.flatMap(({ runId, seenAt }) => {
    const ended = endedAt.get(runId) ?? Number.NaN;
    return ended > from && ended < to ? [(seenAt - ended) / 1000] : [];
  });
}
