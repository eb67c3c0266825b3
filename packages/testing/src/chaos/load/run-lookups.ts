import type { Cluster } from "../cluster/cluster.ts";

export interface Lookup {
  runId: string;
  /** Of the HTTP answer; 0 where none came. */
  status: number;
  retryAfter?: string;
  /** What the answer says of its run, where it is 200. */
  answered?: string;
}

export interface Lookups {
  stop(): Promise<Lookup[]>;
}

/** Asks for an acknowledged run every so many milliseconds, each time another, of each replica in turn. */
export function startLookups(
  cluster: Cluster,
  { everyMs, random }: { everyMs: number; random: () => number },
): Lookups {
  const lookups: Promise<Lookup>[] = [];

  async function lookUp(runId: string, url: string | undefined): Promise<Lookup> {
    try {
      const answer = await fetch(`${url}/runs/${runId}`, { signal: AbortSignal.timeout(20_000) });
      const retryAfter = answer.headers.get("retry-after");
      const body = (await answer.json()) as { run_id?: string }; // a run or a problem
      return {
        runId,
        status: answer.status,
        ...(retryAfter === null ? {} : { retryAfter }),
        ...(answer.status === 200 ? { answered: String(body.run_id) } : {}),
      };
    } catch {
      // Refused, cut off or too late: no answer.
      return { runId, status: 0 };
    }
  }

  const timer = setInterval(() => {
    const ids = [...cluster.runs.keys()];
    const runId = ids[Math.floor(random() * ids.length)];
    const url = cluster.urls[lookups.length % cluster.urls.length];
    if (runId !== undefined) lookups.push(lookUp(runId, url));
  }, everyMs);
  // An experiment that fails half-way does not stop it.
  timer.unref();
  return {
    stop() {
      clearInterval(timer);
      return Promise.all(lookups);
    },
  };
}
