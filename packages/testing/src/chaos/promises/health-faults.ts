import { setTimeout as sleep } from "node:timers/promises";
import type { SpawnedProcess } from "../../services/spawn-process.ts";
import type { Cluster } from "../cluster/cluster.ts";

/** A renewal each 3 s; a reconnection after a blip takes a second or two. */
const PATIENCE_SECONDS = 15;

/** Processes that are gone unasked, replicas that are not ready, workers that renew no lease. */
export async function healthFaults(cluster: Cluster): Promise<string[]> {
  const gone = (
    await Promise.all(
      [...cluster.apis, ...cluster.workers].map(async (one) =>
        (await isGone(one)) ? [`process ${one.pid} has ended: ${one.lines.at(-1)}`] : [],
      ),
    )
  ).flat();
  const [since] = await cluster.query<{ now: Date }>(`SELECT now() AS now`);
  const until = performance.now() + PATIENCE_SECONDS * 1000;
  for (;;) {
    const faults = [...(await unready(cluster)), ...(await silentWorkers(cluster, since?.now))];
    if (faults.length === 0 || performance.now() > until) return [...gone, ...faults];
    await sleep(500);
  }
}

const isGone = async (one: SpawnedProcess): Promise<boolean> =>
  (await Promise.race([one.exited, sleep(0, "runs")])) !== "runs";

async function unready(cluster: Cluster): Promise<string[]> {
  const asked = cluster.urls.map(async (url) => {
    const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(5_000) }).catch(
      String,
    );
    if (typeof answer === "string") return [`${url} does not answer: ${answer}`];
    const body = await answer.text();
    const { redis } = JSON.parse(body) as { redis?: string }; // of our own schema
    return answer.status === 200 && redis === "up" ? [] : [`${url} is not ready: ${body}`];
  });
  return (await Promise.all(asked)).flat();
}

/** A lease is for 10 s: one that ends later than 10 s from `since` was renewed after it. */
async function silentWorkers(cluster: Cluster, since: Date | undefined): Promise<string[]> {
  const [row] = await cluster.query<{ alive: number }>(
    `SELECT count(*)::int AS alive FROM workers WHERE alive_until > $1::timestamptz + interval '10 seconds'`,
    [since],
  );
  const alive = row?.alive ?? 0;
  const wanted = cluster.workers.length;
  return alive === wanted ? [] : [`${alive} workers renew their lease, not ${wanted}`];
}
