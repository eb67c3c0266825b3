/**
 * The chain of hops of a run's first event, bare, its worker: `node bare-chain-worker-main.ts
 * DATABASE_URL REDIS_URL`. UPDATE and commit, then publish; the end after 20 ms.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "bullmq";
import { Redis } from "ioredis";
import pg from "pg";
import { CHANNEL, type ChainJob, QUEUE } from "./bare-chain-hops.ts";

const MODEL_MS = 20;

const [databaseUrl = "", redisUrl = ""] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
const publisher = new Redis(redisUrl);

async function run({ runId }: ChainJob): Promise<void> {
  await pool.query({
    name: "start",
    text: `UPDATE bare_runs SET state = 'running', started_at = now() WHERE run_id = $1`,
    values: [runId],
  });
  const at = new Date().toISOString();
  await publisher.publish(CHANNEL, `${runId} run.started {"run_id":"${runId}","at":"${at}"}`);
  await sleep(MODEL_MS);
  await publisher.publish(CHANNEL, `${runId} run.completed {"run_id":"${runId}"}`);
}

const worker = new Worker<ChainJob>(QUEUE, (job) => run(job.data), {
  connection: new Redis(redisUrl, { maxRetriesPerRequest: null }),
  concurrency: 10,
  removeOnComplete: { count: 0 },
  skipVersionCheck: true,
});
await worker.waitUntilReady();
process.stdout.write("ready\n");
