import type { Run } from "@llamaagent/client";
import type { Cluster } from "../cluster/cluster.ts";
import { atIntervals, type Repetition } from "./at-intervals.ts";
import { type Opening, openOnce } from "./open-once.ts";

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

interface LookupOptions {
  everyMs: number;
  random: () => number;
}

/** Asks for an acknowledged run every so many milliseconds, each time another, of each replica in turn. */
export function startLookups(cluster: Cluster, options: LookupOptions): Repetition<Lookup> {
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

  return ofAnyRun(cluster, options, lookUp);
}

/** Opens the stream and the steps of an acknowledged run likewise, and each list that Postgres has. */
export function startOpenings(cluster: Cluster, options: LookupOptions): Repetition<Opening> {
  return ofAnyRun(cluster, options, (runId, url, index) => {
    const paths = [
      `/runs/${runId}/stream`,
      `/runs/${runId}/steps`,
      "/queue/stats",
      "/queue/dead",
      "/schedules",
      "/webhooks/deliveries",
    ];
    // The replicas take turns: both are asked for each.
    return openOnce(`${url}${paths[Math.floor(index / cluster.urls.length) % paths.length]}`);
  });
}

function ofAnyRun<T>(
  cluster: Cluster,
  { everyMs, random }: LookupOptions,
  ask: (runId: string, url: string | undefined, index: number) => Promise<T>,
): Repetition<T> {
  const repetition = atIntervals({
    everyMs,
    until: cluster.closing,
    async once(index) {
      const ids = [...cluster.runs.keys()];
      const runId = ids[Math.floor(random() * ids.length)];
      const url = cluster.urls[index % cluster.urls.length];
      return runId === undefined ? [] : [await ask(runId, url, index)];
    },
  });
  return { stop: async () => (await repetition.stop()).flat() };
}
