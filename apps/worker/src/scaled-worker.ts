import { tmpdir } from "node:os";
import { join } from "node:path";
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
import { redisAdapters, redisSettings, within } from "@llamaagent/runs";
import { uuidv7 } from "uuidv7";
import { z } from "zod";
import { startWorker } from "./container.ts";
import { builtIns } from "./built-ins.ts";
import { workerSettings } from "./worker-settings.ts";

export const scaledWorkerSettings = z.object({
  ...postgresSettings.shape,
  ...redisSettings.required().shape,
  ...workerSettings.shape,
  ...pluginSettings.shape,
  ...logSettings.shape,
});

const CLOSE_MS = 1_000;

export interface ScaledWorker {
  /** See `RunWorker.stop`. */
  stop(): Promise<void>;
}

/**
 * A worker process on Postgres and Redis. Errors: `invalid_configuration` (every fault at once),
 * `invalid_plugin`, `schema_outdated`, `service_unavailable`.
 */
export async function startScaledWorker(
  env: Environment,
  directory: string,
): Promise<ScaledWorker> {
  const settings = readSettings(scaledWorkerSettings, env);
  const logger = createLogger({ level: settings.LOG_LEVEL, service: "worker" });
  const registry = await loadRegistry(builtIns, settings.LLAMAAGENT_PLUGINS, directory);
  const db = createPostgres(postgresOptions(settings));
  try {
    await assertSchemaIsCurrent(db);
    const adapters = redisAdapters({
      url: settings.REDIS_URL,
      clock: systemClock,
      onError: (error) => logger.warn({ err: error }, "redis"),
    });
    const worker = await startWorker({
      context: { db, ...adapters, clock: systemClock, newId: uuidv7 },
      registry,
      env,
      slots: settings.WORKER_SLOTS,
      workspaceRoot: join(tmpdir(), "llamaagent-workspaces"),
      logger,
    });
    logger.info({ slots: settings.WORKER_SLOTS }, "worker started");
    return {
      async stop() {
        await worker.stop();
        // Neither waits for a server that does not answer: the process is to be gone.
        await within<unknown>(Promise.all([adapters.close(), db.close()]), CLOSE_MS, undefined);
        logger.info("worker stopped");
      },
    };
  } catch (error) {
    await db.close();
    throw error;
  }
}
