import type { Environment, PluginRegistry } from "@llamaagent/core";
import { createChatModel } from "@llamaagent/models/chat";
import type { Logger } from "@llamaagent/observability";
import {
  createAgentReader,
  createRunWriter,
  createTailWriter,
  type RunsContext,
} from "@llamaagent/runs";
import type { ExecuteRun } from "./execute-run.ts";
import type { OpenSteps } from "./watchdog/open-steps.ts";

/** What executing a run needs, in a worker and in a process of one run alike. */
export function createExecution(options: {
  context: RunsContext;
  registry: PluginRegistry;
  /** Providers read their settings from it. */
  env: Environment;
  workspaceRoot: string;
  /** Whether the live tail may be written: false once the worker's lease is over. */
  canSend: () => boolean;
  openSteps: OpenSteps;
  logger: Logger;
}): ExecuteRun {
  const { context, registry, env } = options;
  const { clock, db, tail } = context;
  return {
    context,
    registry,
    createModel: (modelId) => createChatModel({ registry, modelId, env }),
    readAgent: createAgentReader(),
    workspaceRoot: options.workspaceRoot,
    writer: createRunWriter(db),
    tailWriter: createTailWriter(tail, clock, options.canSend),
    openSteps: options.openSteps,
    clock,
    logger: options.logger,
  };
}
