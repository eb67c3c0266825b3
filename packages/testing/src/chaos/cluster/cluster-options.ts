import type { App } from "../../server/start-app.ts";
import type { RedisOptions } from "../../services/redis.ts";

export interface ClusterOptions {
  apis: number;
  workers: number;
  /** Of all API and worker processes, over the harness's own. */
  env?: NodeJS.ProcessEnv;
  /** Tools of the agent that runs get; default: those of the effects plug-in. */
  tools?: string[];
  redis?: Pick<RedisOptions, "appendOnly">;
  /**
   * Called once the stores run: variables of one process, over all others, e.g. a REDIS_URL that goes
   * through a proxy. `index` is a worker's number in the order of starting.
   */
  envOf?: (stores: Stores) => Promise<(app: App, index: number) => NodeJS.ProcessEnv>;
}

export interface Stores {
  databaseUrl: string;
  redisUrl: string;
}
