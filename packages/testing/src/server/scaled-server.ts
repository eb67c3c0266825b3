import { migrate } from "@llamaagent/db";
import { type RunningRedis, startRedis } from "../services/redis.ts";
import { createTestDatabase } from "../services/test-database.ts";
import { type ScaledProcesses, startScaledProcesses } from "./scaled-processes.ts";

export interface ScaledServer extends ScaledProcesses {
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
  const env = { ...options.env, DATABASE_URL: database.url, REDIS_URL: redis.url };
  const processes = await startScaledProcesses({ ...options, env });
  return {
    ...processes,
    redis,
    databaseUrl: database.url,
    async close() {
      await processes.close();
      await redis.close();
      await database.drop();
    },
  };
}
