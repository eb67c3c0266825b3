import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startRedis } from "@llamaagent/testing/services/redis";
import { spawnNode } from "@llamaagent/testing/services/spawn-node";
import { Redis } from "ioredis";
import { cpuMicroseconds } from "../measure/cpu-time.ts";
import { QUEUE } from "./bare-bullmq-queue.ts";

export interface BareBullmq {
  /** Add and process, as fast as it goes, for so many seconds. */
  measure(seconds: number): Promise<{ jobsPerSecond: number; cpuMicrosecondsPerJob: number }>;
  close(): Promise<void>;
}

const WARM_UP_MS = 1_000;

/** A producer, a worker and a Redis of their own, all real processes. */
export async function startBareBullmq(): Promise<BareBullmq> {
  await using begun = new AsyncDisposableStack();
  const redis = await startRedis();
  begun.defer(() => redis.close());
  const start = async (file: string) => {
    const started = await spawnNode([join(import.meta.dirname, file), redis.url]);
    begun.defer(() => started.kill());
    await started.waitFor(/^ready$/);
    return started;
  };
  const worker = await start("bare-bullmq-worker-main.ts");
  const producer = await start("bare-bullmq-producer-main.ts");
  const pause = (): unknown => process.kill(producer.pid, "SIGSTOP");
  pause();
  const pids = [worker, producer, redis.process].map(({ pid }) => pid);
  const client = new Redis(redis.url);
  begun.defer(async () => client.disconnect());

  /** BullMQ numbers its jobs; those that still wait are not done. */
  async function reading() {
    const [id, waiting, active] = await Promise.all([
      client.get(`bull:${QUEUE}:id`),
      client.llen(`bull:${QUEUE}:wait`),
      client.llen(`bull:${QUEUE}:active`),
    ]);
    const done = Number(id) - waiting - active;
    return { done, cpu: cpuMicroseconds(pids), at: performance.now() };
  }

  const running = begun.move();
  return {
    async measure(seconds) {
      process.kill(producer.pid, "SIGCONT");
      await sleep(WARM_UP_MS);
      const before = await reading();
      await sleep(seconds * 1000);
      const after = await reading();
      pause();
      const jobs = after.done - before.done;
      return {
        jobsPerSecond: jobs / ((after.at - before.at) / 1000),
        cpuMicrosecondsPerJob: (after.cpu - before.cpu) / jobs,
      };
    },
    close: () => running.disposeAsync(),
  };
}
