/** Bare BullMQ, the worker: `node bare-bullmq-worker-main.ts REDIS_URL`. Each job is done at once. */
import { Worker } from "bullmq";
import { Redis } from "ioredis";
import { DEFAULT_SLOTS } from "../server/default-slots.ts";
import { type BareJob, QUEUE } from "./bare-bullmq-queue.ts";

const connection = new Redis(process.argv[2] ?? "", { maxRetriesPerRequest: null });
const worker = new Worker<BareJob, string>(QUEUE, async () => "An answer.", {
  connection,
  // 1, 50 and 100 cost the same or more CPU.
  concurrency: DEFAULT_SLOTS,
  removeOnComplete: { count: 0 },
  skipVersionCheck: true,
});
await worker.waitUntilReady();
process.stdout.write("ready\n");
