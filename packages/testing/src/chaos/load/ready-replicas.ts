import type { Cluster } from "../cluster/cluster.ts";

const EVERY_MS = 1_000;
const TIMEOUT_MS = 1_000;

/** The order in which a load balancer tries replicas for its n-th request. */
export type ReplicaOrder = (n: number) => number[];

/** In turn, those first that were ready when they were last asked; all are asked until the cluster closes. */
export function readyReplicasFirst(cluster: Pick<Cluster, "urls" | "closing">): ReplicaOrder {
  const replicas = [...cluster.urls.keys()];
  const unready = new Set<number>();
  async function look(index: number): Promise<void> {
    if (await isReady(`${cluster.urls[index]}/health/ready`)) unready.delete(index);
    else unready.add(index);
  }
  const timer = setInterval(() => void Promise.all(replicas.map(look)), EVERY_MS);
  cluster.closing.addEventListener("abort", () => clearInterval(timer), { once: true });

  return (n) => {
    const inTurn = replicas.map((_, place) => (n + 1 + place) % replicas.length);
    return inTurn.toSorted((a, b) => Number(unready.has(a)) - Number(unready.has(b)));
  };
}

async function isReady(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    // Whoever does not answer is not.
    return false;
  }
}
