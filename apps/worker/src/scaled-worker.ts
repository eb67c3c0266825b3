import { tmpdir } from "node:os";
import {
  type Environment,
  pluginSettings,
  readConfiguration,
  systemClock,
  within,
} from "@llamaagent/core";
import {
  assertSchemaIsCurrent,
  createPostgres,
  postgresOptions,
  postgresSettings,
} from "@llamaagent/db";
import { modelSettings } from "@llamaagent/models/manifest";
import { createLogger, logOptions, logSettings } from "@llamaagent/observability";
import { loadEnvelope } from "@llamaagent/protection";
import { createRunsContext, redisAdapters, redisSettings } from "@llamaagent/runs";
import { uuidv7 } from "uuidv7";
import { z } from "zod";
import { startWorker } from "./container.ts";
import type { ChildEntry } from "./quarantine/start-child.ts";
import { startWatchdog } from "./watchdog/start-watchdog.ts";
import { builtIns } from "./built-ins.ts";
import { startWebhooks } from "./webhooks/start-webhooks.ts";
import { workerSettings } from "./worker-settings.ts";
import { makeWorkspaceRoot } from "./workspace-root.ts";

export const scaledWorkerSettings = z.object({
  ...postgresSettings.shape,
  ...redisSettings.required().shape,
  ...workerSettings.shape,
  ...modelSettings.shape,
  ...pluginSettings.shape,
  ...logSettings.shape,
});

/** A server that does not answer is not waited for: the process is to be gone. */
const CLOSE_MS = 500;
const inTime = (closing: Promise<void>): Promise<void> => within(closing, CLOSE_MS, undefined);

export interface ScaledWorkerOptions {
  /** See `WorkerOptions`. */
  workerId: string;
  env: Environment;
  /** Where relative plug-in files begin. */
  directory: string;
  /** Script and arguments of a process that calls `executeQuarantined`. */
  child: Pick<ChildEntry, "script" | "args">;
}

export interface ScaledWorker {
  /** See `RunWorker.stop`. */
  stop(): Promise<void>;
}

/**
 * A worker process on Postgres and Redis. Errors: `invalid_configuration` (every fault at once),
 * `invalid_plugin`, `schema_outdated`, `service_unavailable`.
 */
export async function startScaledWorker(options: ScaledWorkerOptions): Promise<ScaledWorker> {
  const { workerId, env, directory, child } = options;
  const { settings, registry } = await readConfiguration(scaledWorkerSettings, {
    env,
    builtIns,
    directory,
  });
  const logger = createLogger({ ...logOptions(settings), service: "worker" }).child({
    worker_id: workerId,
  });
  const envelope = await loadEnvelope(settings);
  if (envelope.version === undefined)
    logger.warn(
      "LLAMAAGENT_MASTER_KEYS is not set: no webhook is signed whose key is stored encrypted",
    );
  // Ended in reverse order; what was begun is ended also where a later part fails.
  await using begun = new AsyncDisposableStack();
  const db = createPostgres({ ...postgresOptions(settings), logger });
  begun.defer(() => inTime(db.close()));
  await assertSchemaIsCurrent(db);
  const adapters = redisAdapters({
    url: settings.REDIS_URL,
    clock: systemClock,
    onError: (error) =>
      logger.warn({ err: error }, "Redis: what it is for goes the slow way, through Postgres"),
  });
  begun.defer(() => inTime(adapters.close()));
  const workspaces = await makeWorkspaceRoot(settings.WORKSPACE_DIR ?? tmpdir());
  begun.defer(() => workspaces.remove());
  const watchdog = startWatchdog({ logLevel: settings.LOG_LEVEL, workerId });
  begun.use(watchdog);
  const context = createRunsContext({ db, ...adapters, clock: systemClock, newId: uuidv7 });
  const webhooks = startWebhooks({ ...context, envelope }, settings.LLAMAAGENT_FETCH_ALLOW);
  begun.defer(() => inTime(webhooks.close()));
  const worker = await startWorker({
    workerId,
    context,
    registry,
    env,
    slots: settings.WORKER_SLOTS,
    workspaceRoot: workspaces.directory,
    openSteps: watchdog.openSteps,
    childEntry: { ...child, env, directory },
    taskHandlers: webhooks.handlers,
    logger,
  });
  begun.defer(() => worker.stop());
  const running = begun.move();
  return {
    async stop() {
      await running.disposeAsync();
      logger.info("worker stopped");
    },
  };
}
