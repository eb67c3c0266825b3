import { randomInt } from "node:crypto";
import type { Environment, PluginRegistry } from "@llamaagent/core";
import type { Logger } from "@llamaagent/observability";
import {
  capabilitiesOf,
  createMovingRate,
  type RunsContext,
  startWorkerLease,
} from "@llamaagent/runs";
import { createExecution } from "./create-execution.ts";
import { executeRun } from "./execute-run.ts";
import { aloneQuarantine } from "./quarantine/alone-quarantine.ts";
import { childQuarantine } from "./quarantine/child-quarantine.ts";
import type { ExecuteHere } from "./quarantine/quarantine.ts";
import { type ChildEntry, startChild } from "./quarantine/start-child.ts";
import { type RunWorker, startRunWorker } from "./run-worker.ts";
import type { TaskHandlers } from "./tasks/task-handler.ts";
import { createOpenSteps, type OpenSteps } from "./watchdog/open-steps.ts";

const FIRST_HOUSEKEEPING_MS = { min: 60_000, max: 300_000 };

export interface WorkerOptions {
  /** In its row, as owner in those of its runs, and in each of its log lines. */
  workerId: string;
  context: RunsContext;
  registry: PluginRegistry;
  /** Providers read their settings from it. */
  env: Environment;
  /** Runs at work at once. */
  slots: number;
  /** Folder of the runs' workspaces; made where it is missing. */
  workspaceRoot: string;
  /** Of the process's watchdog, where it has one. */
  openSteps?: OpenSteps;
  /** How a process for one run is started; absent where no other can open the database. */
  childEntry?: ChildEntry;
  /** What is done besides runs. */
  taskHandlers?: TaskHandlers;
  /** Names the worker. */
  logger: Logger;
}

/** Wires a worker and starts it: the whole of it, in one visible order. */
export async function startWorker(options: WorkerOptions): Promise<RunWorker> {
  const { workerId, context, registry, env, logger } = options;
  const { clock, db } = context;
  const claims = createMovingRate(clock);
  const lease = await startWorkerLease({
    db,
    clock,
    workerId,
    // The embedded database's folder is locked: no other process has it open.
    isAlone: db.driver === "pglite",
    capabilities: capabilitiesOf(registry),
    claimsPerSecond: () => claims.perSecond(),
    onError: (error) => logger.warn({ err: error }, "the lease could not be renewed"),
  });
  const execution = createExecution({
    context,
    registry,
    env,
    workspaceRoot: options.workspaceRoot,
    canSend: () => lease.isValid(),
    openSteps: options.openSteps ?? createOpenSteps(),
    logger,
  });
  const { childEntry, slots, workspaceRoot } = options;
  const executeHere: ExecuteHere = (claimed, control) => executeRun(execution, claimed, control);
  const quarantine =
    childEntry === undefined
      ? aloneQuarantine({ context, executeHere, slotCount: slots, clock, logger })
      : childQuarantine({
          context,
          lease,
          start: () => startChild(childEntry),
          executeHere,
          workspaceRoot,
          logger,
        });
  const worker = startRunWorker(execution, {
    workerId,
    slots,
    lease,
    quarantine,
    onClaimed: () => claims.add(1),
    taskHandlers: options.taskHandlers ?? {},
    // Not all at once, where many workers start together.
    firstHousekeepingMs: randomInt(FIRST_HOUSEKEEPING_MS.min, FIRST_HOUSEKEEPING_MS.max),
    logger,
  });
  logger.info({ slots }, `worker ${workerId} ready`);
  return worker;
}
