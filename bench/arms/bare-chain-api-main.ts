/**
 * The chain of a run's hops, bare, its API: `node bare-chain-api-main.ts DATABASE_URL REDIS_URL`. POST,
 * INSERT and commit, BullMQ; then the id of a `POST /runs`, or what the worker publishes as server-sent
 * events.
 */
import { createServer, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { Queue } from "bullmq";
import { Redis } from "ioredis";
import pg from "pg";
import { uuidv7 } from "uuidv7";
import { CHANNEL, type ChainJob, QUEUE } from "./bare-chain-hops.ts";

const [databaseUrl = "", redisUrl = ""] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
const queue = new Queue<ChainJob>(QUEUE, {
  connection: new Redis(redisUrl),
  skipVersionCheck: true,
  defaultJobOptions: { removeOnComplete: true },
});
const readers = new Map<string, ServerResponse>();

// Subscribed once, to all: a subscription for each reader would be a hop more.
const subscriber = new Redis(redisUrl);
subscriber.on("message", (_channel: string, message: string) => {
  const [runId = "", type = "", ...data] = message.split(" ");
  const reader = readers.get(runId);
  reader?.write(`event: ${type}\ndata: ${data.join(" ")}\n\n`);
  if (type !== "run.completed") return;
  reader?.end();
  readers.delete(runId);
});
await subscriber.subscribe(CHANNEL);

/** Of a run whose events are read. */
const STREAMED_MODEL_MS = 20;

const server = createServer((request, response) => {
  void (async () => {
    const body = await json(request);
    const runId = uuidv7();
    const isStreamed = request.url !== "/runs";
    if (isStreamed) readers.set(runId, response);
    await pool.query({
      name: "insert",
      text: `INSERT INTO bare_runs (run_id, state, input) VALUES ($1, 'queued', $2)`,
      values: [runId, JSON.stringify(body)],
    });
    await queue.add("run", { runId, modelMs: isStreamed ? STREAMED_MODEL_MS : 0 });
    response.writeHead(200, {
      "content-type": isStreamed ? "text/event-stream" : "application/json",
    });
    if (isStreamed) response.flushHeaders();
    else response.end(JSON.stringify({ run_id: runId }));
  })();
});
// Longer than any round of the other arm: else a request may meet the end of its idle connection.
server.keepAliveTimeout = 72_000;
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address !== null && typeof address === "object")
    process.stdout.write(`listening at http://127.0.0.1:${address.port}\n`);
});
