import { type Environment, readConfiguration, systemClock } from "@llamaagent/core";
import { createPostgres, postgresOptions } from "@llamaagent/db";
import { createLogger } from "@llamaagent/observability";
import {
  createCancelWatch,
  createRunsContext,
  createValidity,
  redisAdapters,
  RunCancelled,
} from "@llamaagent/runs";
import { uuidv7 } from "uuidv7";
import { builtIns } from "../built-ins.ts";
import { createExecution } from "../create-execution.ts";
import { executeRun } from "../execute-run.ts";
import { createRunControl, RunHandedBack } from "../run-control.ts";
import { scaledWorkerSettings } from "../scaled-worker.ts";
import { startWatchdog } from "../watchdog/start-watchdog.ts";
import { childMemory } from "./child-memory.ts";
import { fromMachineMs, type ToChild } from "./messages.ts";
import { openParentChannel } from "./parent-channel.ts";

/** One for the run, one for its cancellation. */
const CONNECTIONS = 2;

/**
 * The whole life of a process of one run: it takes the run from its worker, executes it under the
 * worker's fence, and says when that is settled. Its connections end with it.
 */
export async function executeQuarantined(env: Environment, directory: string): Promise<void> {
  const channel = openParentChannel();
  const given = Promise.withResolvers<ToChild & { kind: "run" }>();
  let onMessage = (message: ToChild): void => {
    if (message.kind === "run") given.resolve(message);
  };
  channel.listen((message) => onMessage(message));
  const { settings, registry } = await readConfiguration(scaledWorkerSettings, {
    env,
    builtIns,
    directory,
  });
  const clock = systemClock;
  const logger = createLogger({ level: settings.LOG_LEVEL, service: "quarantine" });
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
  await channel.send({ kind: "ready" });

  const { claimed, workspaceRoot, leaseUntil } = await given.promise;
  const lease = createValidity(clock);
  lease.extend(fromMachineMs(leaseUntil, clock));
  const control = createRunControl({
    lease,
    cancelWatch: createCancelWatch({
      db,
      clock,
      workerId: claimed.fence.owner,
      // Of all runs of the worker.
      onCancelled: (runId) => {
        if (runId === claimed.run.run_id) control.abort(new RunCancelled());
      },
    }),
  });
  onMessage = (message) => {
    if (message.kind === "lease") lease.extend(fromMachineMs(message.until, clock));
    else if (message.kind === "drain") control.drain();
    else if (message.kind === "cancel") control.abort(new RunCancelled());
    else if (message.kind === "hand_back") control.abort(new RunHandedBack());
  };
  const deps = createExecution({
    context: createRunsContext({ db, ...adapters, clock, newId: uuidv7 }),
    registry,
    env,
    workspaceRoot,
    canSend: () => lease.isValid(),
    openSteps,
    logger,
  });
  await executeRun(deps, claimed, control);
  await deps.tailWriter.flush();
  await channel.send({ kind: "settled" });
}
