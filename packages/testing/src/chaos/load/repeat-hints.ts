import { Queue, QueueEvents } from "bullmq";
import type { Cluster } from "../cluster/cluster.ts";

export interface RepeatedHint {
  /** Above 1 where its run became claimable again. */
  generation: number;
  /** How often a worker took it, as itself or as a repeat. */
  deliveries: number;
}

export interface RepeatedHints {
  /** The hints of the servers' own. */
  readonly hints: readonly RepeatedHint[];
  close(): Promise<void>;
}

const HINT = /^((.{36})-(\d+)-(\d+))(-again-\d)?$/;

/** Adds each hint twice more as it comes in: once at once, and once late, when its run may have ended. */
export async function repeatHints(
  cluster: Cluster,
  { lateMs }: { lateMs: () => number },
): Promise<RepeatedHints> {
  const connection = { url: cluster.stores.redisUrl };
  const options = { connection, prefix: "llamaagent", skipVersionCheck: true };
  const queue = new Queue("runs", options);
  const events = new QueueEvents("runs", options);
  const adding: Promise<unknown>[] = [];
  const hints = new Map<string, RepeatedHint>();
  const [agent] = await cluster.query<{ tenant: string }>(`SELECT tenant_id AS tenant FROM agents`);
  events.on("added", ({ jobId }) => {
    const [, , runId, turn, runs, repeat] = HINT.exec(jobId) ?? [];
    if (repeat !== undefined) return;
    const generation = Number(turn);
    // A queued run is hinted again after a while, under the same id.
    hints.set(jobId, hints.get(jobId) ?? { generation, deliveries: 0 });
    const data = { tenantId: agent?.tenant, runId, generation, runs: Number(runs) };
    const again = (n: number, delay: number): Promise<unknown> =>
      queue.add("run", data, {
        jobId: `${jobId}-again-${n}`,
        priority: 1,
        delay,
        removeOnComplete: true,
      });
    adding.push(again(1, 0), again(2, Math.round(lateMs())));
  });
  events.on("active", ({ jobId }) => {
    const hint = hints.get(HINT.exec(jobId)?.[1] ?? "");
    if (hint !== undefined) hint.deliveries += 1;
  });
  await events.waitUntilReady();
  return {
    get hints() {
      return [...hints.values()];
    },
    async close() {
      await events.close();
      await Promise.all(adding);
      await queue.close();
    },
  };
}
