import { join } from "node:path";
import { startRedis } from "@llamaagent/testing/services/redis";
import { spawnNode } from "@llamaagent/testing/services/spawn-node";
import { Queue, QueueEvents } from "bullmq";
import { Redis } from "ioredis";
import { type BareJob, QUEUE } from "./bare-bullmq-queue.ts";

export interface BareRoundTrip {
  /** Adds a job, and waits for its result from the worker's process. */
  call: () => Promise<void>;
  close(): Promise<void>;
}

/** Bare BullMQ's round trip, from the process that measures through a worker's process and back. */
export async function startBareRoundTrip(): Promise<BareRoundTrip> {
  await using begun = new AsyncDisposableStack();
  const redis = await startRedis();
  begun.defer(() => redis.close());
  const worker = await spawnNode([
    join(import.meta.dirname, "bare-bullmq-worker-main.ts"),
    redis.url,
  ]);
  begun.defer(() => worker.kill());
  await worker.waitFor(/^ready$/);
  const connect = (): Redis => {
    const connection = new Redis(redis.url, { maxRetriesPerRequest: null });
    begun.defer(async () => connection.disconnect());
    return connection;
  };
  const queue = new Queue<BareJob, string>(QUEUE, {
    connection: connect(),
    skipVersionCheck: true,
    defaultJobOptions: { removeOnComplete: true },
  });
  begun.defer(() => queue.close());
  const events = new QueueEvents(QUEUE, { connection: connect(), skipVersionCheck: true });
  begun.defer(() => events.close());
  await events.waitUntilReady();
  // Not `job.waitUntilFinished`, which asks Redis once more.
  const waiting = new Map<string, () => void>();
  events.on("completed", ({ jobId }) => {
    waiting.get(jobId)?.();
    waiting.delete(jobId);
  });
  let jobs = 0;

  const running = begun.move();
  return {
    async call() {
      const jobId = `job-${(jobs += 1)}`;
      const finished = new Promise<void>((resolve) => waiting.set(jobId, resolve));
      await queue.add("run", { tenantId: "tenant", runId: "run" }, { jobId });
      await finished;
    },
    close: () => running.disposeAsync(),
  };
}
