import { type Environment, readConfiguration, systemClock } from "@llamaagent/core";
import { createPostgres, postgresOptions } from "@llamaagent/db";
import { createLogger, logOptions } from "@llamaagent/observability";
import { createRunsContext, redisAdapters } from "@llamaagent/runs";
import { uuidv7 } from "uuidv7";
import { builtIns } from "../built-ins.ts";
import { createExecution } from "../create-execution.ts";
import { executeRun } from "../execute-run.ts";
import { scaledWorkerSettings } from "../scaled-worker.ts";
import { startWatchdog } from "../watchdog/start-watchdog.ts";
import { childMemory } from "./child-memory.ts";
import { openParentChannel } from "./parent-channel.ts";
import { takeRun } from "./take-run.ts";

/** One for the run, one for its cancellation. */
const CONNECTIONS = 2;

/**
 * The whole life of a process of one run: it takes the run from its worker, executes it under the
 * worker's fence, and says when that is settled. Its connections end with it.
 */
export async function executeQuarantined(env: Environment, directory: string): Promise<void> {
  const channel = openParentChannel();
  const { settings, registry } = await readConfiguration(scaledWorkerSettings, {
    env,
    builtIns,
    directory,
  });
  const clock = systemClock;
  const logger = createLogger({ ...logOptions(settings), service: "quarantine" });
  const { openSteps } = startWatchdog({
    logLevel: settings.LOG_LEVEL,
    rssBytesMax: childMemory().rssBytesMax,
  });
  const db = createPostgres({ ...postgresOptions(settings), poolSize: CONNECTIONS, logger });
  const adapters = redisAdapters({
    url: settings.REDIS_URL,
    clock,
    onError: (error) => logger.warn({ err: error }, "redis"),
  });
  const taking = takeRun({ channel, db, clock });
  await channel.send({ kind: "ready" });

  const { claimed, workspaceRoot, lease, control } = await taking;
  const deps = createExecution({
    context: createRunsContext({ db, ...adapters, clock, newId: uuidv7 }),
    registry,
    env,
    workspaceRoot,
    canSend: () => lease.isValid(),
    openSteps,
    logger: logger.child({ worker_id: claimed.fence.owner }),
  });
  await executeRun(deps, claimed, control);
  await deps.tailWriter.flush();
  await channel.send({ kind: "settled" });
}
