/**
 * The chain of a run's hops, bare, its worker: `node bare-chain-worker-main.ts DATABASE_URL REDIS_URL`.
 * UPDATE and commit, then publish; the model's time; the same for the end.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "bullmq";
import { Redis } from "ioredis";
import pg from "pg";
import { CHANNEL, type ChainJob, QUEUE } from "./bare-chain-hops.ts";

const [databaseUrl = "", redisUrl = ""] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
const publisher = new Redis(redisUrl);

async function run({ runId, modelMs }: ChainJob): Promise<void> {
  await pool.query({
    name: "start",
    text: `UPDATE bare_runs SET state = 'running', started_at = now() WHERE run_id = $1`,
    values: [runId],
  });
  const at = new Date().toISOString();
  await publisher.publish(CHANNEL, `${runId} run.started {"run_id":"${runId}","at":"${at}"}`);
  if (modelMs > 0) await sleep(modelMs);
  await pool.query({
    name: "end",
    text: `UPDATE bare_runs SET state = 'ended', ended_at = now() WHERE run_id = $1`,
    values: [runId],
  });
  await publisher.publish(CHANNEL, `${runId} run.completed {"run_id":"${runId}"}`);
}

const worker = new Worker<ChainJob>(QUEUE, (job) => run(job.data), {
  connection: new Redis(redisUrl, { maxRetriesPerRequest: null }),
  concurrency: 20,
  removeOnComplete: { count: 0 },
  skipVersionCheck: true,
});
await worker.waitUntilReady();
process.stdout.write("ready\n");
