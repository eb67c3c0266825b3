/**
 * Bare BullMQ, the producer: `node bare-bullmq-producer-main.ts REDIS_URL`. Adds jobs one by one, as
 * requests would, as fast as the worker does them, until it is stopped.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { type BareJob, QUEUE } from "./bare-bullmq-queue.ts";

const AT_ONCE = 16;
const MOST_WAITING = 80;
const LOOK_MS = 5;

const connection = new Redis(process.argv[2] ?? "");
const queue = new Queue<BareJob, string>(QUEUE, {
  connection,
  skipVersionCheck: true,
  defaultJobOptions: { removeOnComplete: true },
});
/** Settled while jobs may be added: who waits costs nothing. */
let gate = Promise.withResolvers<void>();
let isOpen = false;

async function add(): Promise<never> {
  for (;;) {
    await gate.promise;
    await queue.add("run", { tenantId: "tenant", runId: randomUUID() });
  }
}

async function look(): Promise<never> {
  for (;;) {
    const mayAdd = (await connection.llen(queue.toKey("wait"))) < MOST_WAITING;
    if (mayAdd) gate.resolve();
    else if (isOpen) gate = Promise.withResolvers();
    isOpen = mayAdd;
    await sleep(LOOK_MS);
  }
}

await queue.waitUntilReady();
process.stdout.write("ready\n");
await Promise.all([look(), ...Array.from({ length: AT_ONCE }, add)]);
