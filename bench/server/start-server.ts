import { KNOWN_KEY, storeKnownKeyIn } from "@llamaagent/testing/services/known-key";
import { createClient } from "@llamaagent/client";
import { migrate } from "@llamaagent/db";
import { type App, startApp } from "@llamaagent/testing/server/start-app";
import { freePort } from "@llamaagent/testing/services/free-port";
import { type RunningPostgres, startPostgres } from "@llamaagent/testing/services/postgres";
import { type RunningRedis, startRedis } from "@llamaagent/testing/services/redis";
import type { SpawnedProcess } from "@llamaagent/testing/services/spawn-process";
import type { BusyServer } from "./busy-server.ts";
import { watchOpenRuns } from "./open-runs.ts";

export const AUTHORIZATION = `Bearer ${KNOWN_KEY}`;

/** Units per second; the most that can be set. */
const NO_LIMIT = "1000000";

/** The name of the agent that every run of a benchmark is for. */
export const AGENT = "bench";

export interface MeasuredServer extends BusyServer {
  postgres: RunningPostgres;
  redis: RunningRedis;
  api: SpawnedProcess;
  workers: SpawnedProcess[];
  /** Another process, or one again at the same URL; whoever starts it ends it. */
  start(app: App): Promise<SpawnedProcess>;
  close(): Promise<void>;
}

export interface ServerOptions {
  workers: number;
  /** `provider/model` of the agent. */
  model: string;
  env?: NodeJS.ProcessEnv;
  /** Arguments of Node itself, e.g. `--cpu-prof`. */
  nodeArguments?: readonly string[];
  /** Folder of another checkout, whose servers run instead. */
  checkout?: string;
}

/**
 * One API and some workers as users run them: Postgres with fsync, Redis, an API key, all settings at
 * their defaults, but for the limits, which one caller would reach. So units are taken ahead for more requests than by default.
 */
export async function startServer(options: ServerOptions): Promise<MeasuredServer> {
  await using begun = new AsyncDisposableStack();
  const postgres = await startPostgres({ fsync: true });
  begun.defer(() => postgres.close());
  await migrate({ url: postgres.url });
  await storeKnownKeyIn(postgres.url);
  const redis = await startRedis();
  begun.defer(() => redis.close());
  const port = await freePort();

  const start = (app: App): Promise<SpawnedProcess> =>
    startApp(app, {
      nodeArguments: options.nodeArguments,
      checkout: options.checkout,
      env: {
        LLAMAAGENT_PLUGINS: "./bench/plugins/instant-model.ts",
        LLAMAAGENT_AUTH: "required",
        LLAMAAGENT_RATE_LIMIT_CALLER: NO_LIMIT,
        LLAMAAGENT_RATE_LIMIT_TENANT: NO_LIMIT,
        ...options.env,
        PORT: String(port),
        DATABASE_URL: postgres.url,
        REDIS_URL: redis.url,
      },
    });
  // Told to stop, not killed: what a process writes at its end (a profile) is written.
  const startOwned = async (app: App): Promise<SpawnedProcess> =>
    begun.adopt(await start(app), (started) => started.kill("SIGTERM"));

  const api = await startOwned("api");
  const workers: SpawnedProcess[] = [];
  for (let index = 0; index < options.workers; index += 1) workers.push(await startOwned("worker"));
  const url = `http://127.0.0.1:${port}`;
  await createClient({ url, apiKey: KNOWN_KEY }).agents.create({
    name: AGENT,
    model: options.model,
  });

  const running = begun.move();
  return {
    url,
    postgres,
    redis,
    api,
    workers,
    start,
    pids: [api, ...workers, postgres.process, redis.process].map(({ pid }) => pid),
    watchOpenRuns: () => watchOpenRuns(postgres.url),
    close: () => running.disposeAsync(),
  };
}
