import { join } from "node:path";
import type { Client, RunEvent } from "@llamaagent/client";
import { migrate } from "@llamaagent/db";
import pg from "pg";
import { readEffects } from "../../durability/effect-server.ts";
import { createSettlements } from "../../durability/settlements.ts";
import type { FakeCall } from "../../fake-openai.ts";
import { repositoryRoot } from "../../server/running-server.ts";
import { startScaledProcesses } from "../../server/scaled-processes.ts";
import { startPostgres } from "../../services/postgres.ts";
import { startRedis } from "../../services/redis.ts";
import { spawnNode } from "../../services/spawn-node.ts";
import { temporaryFolder } from "../../services/temporary-folder.ts";
import { waitForEnds } from "../promises/wait-for-ends.ts";
import type { Cluster } from "./cluster.ts";
import type { ClusterOptions } from "./cluster-options.ts";
import { createSubmissions } from "./submissions.ts";

/** The agent that runs get. */
const AGENT = "chaos";
const TOOLS = ["read_slowly", "write_keyed", "write_once"];

/** What `stack` gets is closed in reverse order. */
export async function startCluster(
  options: ClusterOptions,
  stack: AsyncDisposableStack,
): Promise<Cluster> {
  const folder = await temporaryFolder("chaos");
  stack.defer(() => folder.remove());
  const spawn = async (...args: string[]): Promise<string> => {
    const spawned = await spawnNode(args, { cwd: repositoryRoot });
    stack.defer(() => spawned.kill());
    return (await spawned.waitFor(/^http:\S+$/))[0];
  };
  const [postgres, redis, modelUrl, effectsUrl] = await Promise.all([
    startPostgres({ settings: { track_commit_timestamp: "on" } }),
    startRedis(options.redis),
    spawn("packages/testing/src/planned-model-main.ts"),
    spawn("packages/testing/src/effect-server-main.ts", join(folder.path, "effects.jsonl")),
  ]);
  stack.defer(() => postgres.close());
  stack.defer(() => redis.close());
  await migrate({ url: postgres.url });
  const stores = { databaseUrl: postgres.url, redisUrl: redis.url };
  const envOf = await options.envOf?.(stores);
  const processes = await startScaledProcesses({
    apis: options.apis,
    workers: options.workers,
    ...(envOf ? { envOf } : {}),
    env: {
      LLAMAAGENT_PLUGINS: "./packages/testing/src/durability/effects-plugin.ts",
      OPENAI_BASE_URL: modelUrl,
      OPENAI_API_KEY: "fake-key",
      ...options.env,
      DATABASE_URL: stores.databaseUrl,
      REDIS_URL: stores.redisUrl,
    },
  });
  stack.defer(() => processes.close());
  const [client] = processes.clients;
  if (client === undefined) throw new Error("a cluster has one API at least");
  const model = "openai/fake-model";
  await client.agents.create({ name: AGENT, model, tools: options.tools ?? TOOLS });

  const closing = new AbortController();
  // Before the processes go: an experiment that failed has loads and kills under way.
  stack.defer(() => closing.abort(new Error("the experiment is over")));
  const settlements = createSettlements(client);
  const watched: RunEvent[][] = [];
  const cluster: Cluster = {
    ...processes,
    ...createSubmissions({ urls: processes.urls, agent: AGENT, closing: closing.signal }),
    async addWorker(env) {
      closing.signal.throwIfAborted();
      return processes.addWorker(env);
    },
    async restartApi(index) {
      closing.signal.throwIfAborted();
      return processes.restartApi(index);
    },
    client,
    postgres,
    redis,
    stores,
    effectsUrl,
    watched,
    settlements,
    closing: closing.signal,
    async query<T extends pg.QueryResultRow>(sql: string, values: unknown[] = []) {
      closing.signal.throwIfAborted();
      const connection = new pg.Client({ connectionString: stores.databaseUrl });
      connection.on("error", () => undefined); // the query rejects too
      await connection.connect();
      try {
        return (await connection.query<T>(sql, values)).rows;
      } finally {
        await connection.end().catch(() => undefined);
      }
    },
    effects: () => readEffects(effectsUrl),
    async modelCalls() {
      const answer = await fetch(new URL("/calls", modelUrl));
      return (await answer.json()) as FakeCall[]; // of our own fake
    },
    async kill(process, signal) {
      const at = processes.workers.indexOf(process);
      if (at !== -1) processes.workers.splice(at, 1);
      await process.kill(signal);
    },
    signal: ({ pid }, signal) => void process.kill(pid, signal),
    watch(runId, { api = 0 } = {}) {
      const events: RunEvent[] = [];
      watched.push(events);
      const reader = processes.clients[api] ?? client;
      const reading = readAll(reader, { runId, events, signal: closing.signal });
      // Told where it is awaited, not as an unhandled rejection in between.
      reading.catch(() => undefined);
      return reading;
    },
    untilEnded: () =>
      waitForEnds(cluster, async (runId) =>
        settlements.settleByTruth(runId, await cluster.effects()),
      ),
  };
  return cluster;
}

async function readAll(
  client: Client,
  { runId, events, signal }: { runId: string; events: RunEvent[]; signal: AbortSignal },
): Promise<RunEvent[]> {
  for await (const event of client.runs.stream(runId, { signal })) events.push(event);
  return events;
}
