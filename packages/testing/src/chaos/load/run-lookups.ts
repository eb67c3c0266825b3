import type { Run } from "@llamaagent/client";
import type { Cluster } from "../cluster/cluster.ts";
import { atIntervals, type Repetition } from "./at-intervals.ts";

export interface Lookup {
  runId: string;
  /** Of the HTTP answer; 0 where none came. */
  status: number;
  retryAfter?: string;
  /** Unix milliseconds. */
  sentAt: number;
  answeredAt: number;
  /** What the answer says of its run, where it is 200. */
  answered?: string;
  /** The run's stop reason, where the answer says that it has ended. */
  end?: string;
}

/** Asks for an acknowledged run every so many milliseconds, each time another, of each replica in turn. */
export function startLookups(
  cluster: Cluster,
  { everyMs, random }: { everyMs: number; random: () => number },
): Repetition<Lookup> {
  async function lookUp(runId: string, url: string | undefined): Promise<Lookup> {
    const sentAt = Date.now();
    try {
      const answer = await fetch(`${url}/runs/${runId}`, { signal: AbortSignal.timeout(20_000) });
      const retryAfter = answer.headers.get("retry-after");
      const body = (await answer.json()) as Partial<Run>; // a run or a problem
      return {
        runId,
        status: answer.status,
        sentAt,
        answeredAt: Date.now(),
        ...(retryAfter === null ? {} : { retryAfter }),
        ...(answer.status === 200 ? { answered: String(body.run_id) } : {}),
        ...(body.state === "ended" ? { end: String(body.stop_reason) } : {}),
      };
    } catch {
      // Refused, cut off or too late: no answer.
      return { runId, status: 0, sentAt, answeredAt: Date.now() };
    }
  }

  const repetition = atIntervals({
    everyMs,
    until: cluster.closing,
    async once(index) {
      const ids = [...cluster.runs.keys()];
      const runId = ids[Math.floor(random() * ids.length)];
      const url = cluster.urls[index % cluster.urls.length];
      return runId === undefined ? [] : [await lookUp(runId, url)];
    },
  });
  return { stop: async () => (await repetition.stop()).flat() };
}
