import { randomUUID } from "node:crypto";
import { agentsPlugin } from "@llamaagent/agents/manifest";
import {
  type ChatModel,
  type Clock,
  createPluginRegistry,
  defineProvider,
  type PluginRegistry,
  type Run,
  type RunHints,
  systemClock,
  type Tool,
} from "@llamaagent/core";
import { createLogger } from "@llamaagent/observability";
import { getRun, inProcessAdapters, type RunsContext } from "@llamaagent/runs";
import type { RunsFixture } from "@llamaagent/testing/runs-fixture";
import { temporaryFolder } from "@llamaagent/testing/services/temporary-folder";
import { vi } from "vitest";
import { z } from "zod";
import { startWorker } from "../container.ts";
import type { RunWorker } from "../run-worker.ts";
import type { TaskHandlers } from "../tasks/task-handler.ts";

export interface WorkerFixture {
  context: RunsContext;
  /** Starts one more worker on the same database and hints. */
  start: (options?: {
    slots?: number;
    hints?: RunHints;
    tools?: Tool[];
    taskHandlers?: TaskHandlers;
  }) => Promise<RunWorker>;
  /** The run as it is once it has ended (or is in the state asked for). */
  reach: (runId: string, state?: Run["state"], timeoutMs?: number) => Promise<Run>;
  /** Stops every worker that was started. */
  stop: () => Promise<void>;
}

/** Workers whose model `test/scripted` is the one given. */
export async function createWorkerFixture(
  runs: RunsFixture,
  options: { model: ChatModel; tools?: Tool[]; hints?: RunHints; logs?: string[]; clock?: Clock },
): Promise<WorkerFixture> {
  const folder = await temporaryFolder("workspaces");
  const hints = options.hints ?? inProcessAdapters().hints;
  const context: RunsContext = { ...runs.context, hints, clock: options.clock ?? systemClock };
  const registryWith = (tools: Tool[]): PluginRegistry =>
    createPluginRegistry([
      { source: "agents", plugin: agentsPlugin },
      {
        source: "test",
        plugin: {
          providers: [
            defineProvider({
              id: "test",
              description: "test",
              settings: z.object({}),
              create: async () => options.model,
            }),
          ],
          tools,
        },
      },
    ]);
  const destination = { write: (line: string) => void options.logs?.push(line) };
  const logger = createLogger({ level: options.logs ? "info" : "fatal", destination });
  const workers: RunWorker[] = [];
  return {
    context,
    async start({
      slots = 2,
      hints: own = hints,
      tools = options.tools ?? [],
      taskHandlers = {},
    } = {}) {
      const worker = await startWorker({
        context: { ...context, hints: own },
        registry: registryWith(tools),
        env: {},
        slots,
        workspaceRoot: folder.path,
        workerId: randomUUID(),
        taskHandlers,
        logger,
      });
      workers.push(worker);
      return worker;
    },
    async reach(runId, state = "ended", timeoutMs = 15_000) {
      let run: Run | undefined;
      const look = async () => {
        run = await getRun(context, runs.principal, runId);
        if (run.state !== state) throw new Error(`the run is ${run.state}`);
      };
      await vi.waitFor(look, { timeout: timeoutMs, interval: 20 });
      if (run === undefined) throw new Error("unreachable");
      return run;
    },
    async stop() {
      await Promise.all(workers.map((worker) => worker.stop()));
      await folder.remove();
    },
  };
}
