import { randomInt, randomUUID } from "node:crypto";
import type { Environment, PluginRegistry } from "@llamaagent/core";
import { createChatModel } from "@llamaagent/models/chat";
import type { Logger } from "@llamaagent/observability";
import { createTailWriter, type RunsContext, startWorkerLease } from "@llamaagent/runs";
import { type RunWorker, startRunWorker } from "./run-worker.ts";

const FIRST_HOUSEKEEPING_MS = { min: 60_000, max: 300_000 };

export interface WorkerOptions {
  context: RunsContext;
  registry: PluginRegistry;
  /** Providers read their settings from it. */
  env: Environment;
  /** Runs at work at once. */
  slots: number;
  /** Folder of the runs' workspaces; made where it is missing. */
  workspaceRoot: string;
  logger: Logger;
}

/** Wires a worker and starts it: the whole of it, in one visible order. */
export async function startWorker(options: WorkerOptions): Promise<RunWorker> {
  const { context, registry, env, logger } = options;
  const { clock, db, tail } = context;
  const workerId = randomUUID();
  const lease = await startWorkerLease({
    db,
    clock,
    workerId,
    // The embedded database's folder is locked: no other process has it open.
    isAlone: db.driver === "pglite",
    capabilities: {
      providers: [...registry.providers.keys()],
      tools: [...registry.tools.keys()],
      prompting: [...registry.prompting.keys()],
    },
    onError: (error) => logger.warn({ err: error }, "the lease could not be renewed"),
  });
  const tailWriter = createTailWriter(tail, clock, () => lease.isValid());
  return startRunWorker(
    {
      context,
      registry,
      createModel: (modelId) => createChatModel({ registry, modelId, env }),
      workspaceRoot: options.workspaceRoot,
      tailWriter,
      clock,
      logger,
    },
    {
      workerId,
      slots: options.slots,
      lease,
      // Not all at once, where many workers start together.
      firstHousekeepingMs: randomInt(FIRST_HOUSEKEEPING_MS.min, FIRST_HOUSEKEEPING_MS.max),
      logger,
    },
  );
}
