import { Queue, QueueEvents } from "bullmq";
import type { Cluster } from "../cluster/cluster.ts";

export interface RepeatedHints {
  /** Hints of the servers' own, without their repeats. */
  readonly added: number;
  /** Hints that workers took and were done with, repeats among them. */
  readonly delivered: number;
  close(): Promise<void>;
}

const REPEATED = /-again-\d$/;
const HINT = /^(.{36})-(\d+)$/;

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
  let added = 0;
  let delivered = 0;
  const [agent] = await cluster.query<{ tenant: string }>(`SELECT tenant_id AS tenant FROM agents`);
  events.on("added", ({ jobId }) => {
    if (REPEATED.test(jobId)) return;
    const [, runId, generation] = HINT.exec(jobId) ?? [];
    added += 1;
    const data = { tenantId: agent?.tenant, runId, generation: Number(generation) };
    const again = (n: number, delay: number): Promise<unknown> =>
      queue.add("run", data, {
        jobId: `${jobId}-again-${n}`,
        priority: 1,
        delay,
        removeOnComplete: true,
      });
    adding.push(again(1, 0), again(2, Math.round(lateMs())));
  });
  events.on("completed", () => (delivered += 1));
  await events.waitUntilReady();
  return {
    get added() {
      return added;
    },
    get delivered() {
      return delivered;
    },
    async close() {
      await events.close();
      await Promise.all(adding);
      await queue.close();
    },
  };
}
