import { migrate } from "@llamaagent/db";
import { freePort } from "../services/free-port.ts";
import { type RunningRedis, startRedis } from "../services/redis.ts";
import { spawnNode } from "../services/spawn-node.ts";
import type { SpawnedProcess } from "../services/spawn-process.ts";
import { createTestDatabase } from "../services/test-database.ts";
import { patientClient, repositoryRoot, type RunningServer } from "./running-server.ts";

export interface ScaledServer extends RunningServer {
  /** Its own: it may be emptied or killed. */
  redis: RunningRedis;
  databaseUrl: string;
}

/** The scaled topology: API and worker processes on a database and a Redis of their own. */
export async function startScaledServer(options: {
  apis: number;
  workers: number;
  env: NodeJS.ProcessEnv;
}): Promise<ScaledServer> {
  const database = await createTestDatabase({
    migrate: async (url) => void (await migrate({ url })),
  });
  const redis = await startRedis();
  const env = {
    LOG_LEVEL: "info",
    ...options.env,
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
  };

  async function start(app: "api" | "worker", more: NodeJS.ProcessEnv): Promise<SpawnedProcess> {
    const started = await spawnNode(["apps/cli/src/main.ts", app], {
      cwd: repositoryRoot,
      env: { ...env, ...more },
    });
    await started.waitFor(app === "api" ? /listening/i : /worker started/, { timeoutSeconds: 60 });
    return started;
  }

  const ports = await Promise.all(Array.from({ length: options.apis }, () => freePort()));
  const [first, ...others] = ports;
  const apis = [await start("api", { PORT: String(first) })];
  for (const port of others) apis.push(await start("api", { PORT: String(port) }));
  const workers: SpawnedProcess[] = [];
  const addWorker = async (more: NodeJS.ProcessEnv = {}): Promise<SpawnedProcess> => {
    const worker = await start("worker", more);
    workers.push(worker);
    return worker;
  };
  for (let index = 0; index < options.workers; index += 1) await addWorker();

  const urls = ports.map((port) => `http://127.0.0.1:${port}`);
  return {
    urls,
    clients: urls.map(patientClient),
    apis,
    workers,
    addWorker,
    redis,
    databaseUrl: database.url,
    async close() {
      await Promise.all([...apis, ...workers].map((process) => process.kill("SIGKILL")));
      await redis.close();
      await database.drop();
    },
  };
}
