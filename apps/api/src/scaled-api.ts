import {
  type Environment,
  loadRegistry,
  pluginSettings,
  readSettings,
  systemClock,
} from "@llamaagent/core";
import {
  assertSchemaIsCurrent,
  createPostgres,
  postgresOptions,
  postgresSettings,
} from "@llamaagent/db";
import { createLogger, logSettings } from "@llamaagent/observability";
import { redisAdapters, redisSettings } from "@llamaagent/runs";
import { uuidv7 } from "uuidv7";
import { z } from "zod";
import { builtIns } from "./built-ins.ts";
import { type RunningApi, startApi } from "./container.ts";
import { apiSettings, withGuardedHost } from "./settings.ts";

export const scaledApiSettings = withGuardedHost(
  z.object({
    ...apiSettings.shape,
    ...postgresSettings.shape,
    ...redisSettings.required().shape,
    ...pluginSettings.shape,
    ...logSettings.shape,
  }),
);

/**
 * One API replica on Postgres and Redis. Errors: `invalid_configuration` (every fault at once),
 * `invalid_plugin`, `schema_outdated`, `service_unavailable`, and what listening throws.
 */
export async function startScaledApi(
  environment: Environment,
  directory: string,
): Promise<RunningApi> {
  const settings = readSettings(scaledApiSettings, environment);
  const logger = createLogger({ level: settings.LOG_LEVEL, service: "api" });
  const registry = await loadRegistry(builtIns, settings.LLAMAAGENT_PLUGINS, directory);
  // Ended in this order; what was begun is ended also where a later part fails.
  const closers: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of closers.splice(0)) await end();
  };
  try {
    const db = createPostgres({ ...postgresOptions(settings), logger });
    closers.unshift(() => db.close());
    await assertSchemaIsCurrent(db);
    const adapters = redisAdapters({
      url: settings.REDIS_URL,
      clock: systemClock,
      onError: (error) => logger.warn({ err: error }, "redis"),
    });
    closers.unshift(() => adapters.close());
    const context = { db, ...adapters, clock: systemClock, newId: uuidv7 };
    const usesRedis = true;
    const api = await startApi({ context, registry, environment, settings, usesRedis, logger });
    closers.unshift(() => api.stop());
    return { ...api, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
