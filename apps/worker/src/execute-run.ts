import {
  type AgentDefinition,
  AppError,
  type ChatModel,
  type Clock,
  type PluginRegistry,
  RunSuspended,
  type RunUsage,
} from "@llamaagent/core";
import { type AgentOutcome, type AgentPorts, runAgent } from "@llamaagent/agents";
import type { Logger } from "@llamaagent/observability";
import {
  type ClaimedRun,
  createJournal,
  createRunRecorder,
  inputMessages,
  type Journal,
  loadProgress,
  noProgress,
  RunCancelled,
  RunLost,
  type RunRecorder,
  type RunsContext,
  type TailWriter,
} from "@llamaagent/runs";
import { createToolExecutor } from "@llamaagent/tools";
import { durableModel } from "./durable-model.ts";
import { durableTools } from "./durable-tools.ts";
import { type RunControl, RunHandedBack } from "./run-control.ts";
import { endByError } from "./run-failure.ts";
import { createWorkspace, type Workspace } from "./workspace.ts";

export interface ExecuteRun {
  context: RunsContext;
  registry: PluginRegistry;
  /** `provider/model` → the model. */
  createModel: (modelId: string) => Promise<ChatModel>;
  workspaceRoot: string;
  tailWriter: TailWriter;
  clock: Clock;
  logger: Logger;
}

/**
 * Executes a claimed run to its end, or to where it waits, is handed back or is lost. Never rejects: what
 * cannot be written is left to the sweeper, which ends the run at its deadline.
 */
export async function executeRun(
  deps: ExecuteRun,
  claimed: ClaimedRun,
  control: RunControl,
): Promise<void> {
  const logger = deps.logger.child({ run_id: claimed.run.run_id, epoch: claimed.fence.epoch });
  try {
    await execute(deps, claimed, control, logger);
  } catch (error) {
    if (error instanceof RunLost) logger.warn("the run has another owner now");
    else logger.error({ err: error }, "the run could not be brought to its end");
  }
}

async function execute(
  deps: ExecuteRun,
  claimed: ClaimedRun,
  control: RunControl,
  logger: Logger,
): Promise<void> {
  const { context } = deps;
  const { fence, run } = claimed;
  const progress = fence.epoch > 1 ? await loadProgress(context.db, fence) : noProgress;
  const recorder = createRunRecorder({
    db: context.db,
    claimed,
    progress,
    tailWriter: deps.tailWriter,
    clock: deps.clock,
    signal: control.signal,
    onLost: (error) => control.abort(error),
  });
  const journal = createJournal({
    runId: run.run_id,
    epoch: fence.epoch,
    progress,
    recorder,
    clock: deps.clock,
    guard: () => control.guard(),
    onChangedPrompt: (step) => logger.info({ step }, "the prompt changed; the stored answer holds"),
  });
  if (fence.epoch === 1) {
    const version = { agent_id: run.agent_id, agent_version: run.agent_version };
    recorder.lifecycle("run.started", version);
  } else {
    const done = [...progress.steps].filter(([, { state }]) => state === "done");
    const last = done.at(-1)?.[0];
    recorder.lifecycle("run.resumed", last === undefined ? {} : { from_step: last });
  }

  const usage: RunUsage = { input_tokens: 0, output_tokens: 0 };
  if (claimed.cancelRequested) control.abort(new RunCancelled());
  const timer = setTimeout(
    () => control.abort(new AppError("run_timeout")),
    Math.max(0, claimed.secondsLeft * 1000),
  );
  try {
    const outcome = await drive(deps, claimed, control, { journal, recorder, usage });
    const { stop_reason: reason, ...rest } = outcome;
    await context.hints.add(await recorder.end({ reason, ...rest }));
  } catch (caught) {
    // A port that was aborted may throw anything: the reason is what counts.
    const error: unknown = control.signal.aborted ? control.signal.reason : caught;
    if (error instanceof RunLost) throw error;
    if (error instanceof RunSuspended) {
      await recorder.pause("effect_unknown", journal.suspended());
    } else if (error instanceof RunHandedBack) {
      await context.hints.add(await recorder.handBack());
    } else {
      const end = endByError(error, usage);
      if ("error" in end && end.error.code === "internal")
        logger.error({ err: error }, "run failed");
      await context.hints.add(await recorder.end(end));
    }
  } finally {
    clearTimeout(timer);
  }
}

/** Iterates the agent; `usage` is kept up to date, for a run that fails. */
async function drive(
  deps: ExecuteRun,
  claimed: ClaimedRun,
  control: RunControl,
  state: { journal: Journal; recorder: RunRecorder; usage: RunUsage },
): Promise<AgentOutcome> {
  const { agent, fence, run } = claimed;
  control.signal.throwIfAborted();
  const workspace = await createWorkspace({
    db: deps.context.db,
    root: deps.workspaceRoot,
    fence,
    threadId: run.thread_id,
    signal: control.signal,
  });
  try {
    const events = runAgent({
      agent,
      task: {
        messages: inputMessages(run),
        history: claimed.history,
        files: workspace.files,
      },
      ports: await buildPorts(deps, agent, fence.runId, workspace, state.journal),
      signal: control.signal,
    });
    for (;;) {
      // Raced: a model or tool that ignores its signal cannot hold the run.
      const next = await orAborted(events.next(), control.signal);
      if (next.done) return next.value;
      if (next.value.type === "usage.updated") Object.assign(state.usage, next.value.data);
      state.recorder.emit(next.value);
    }
  } finally {
    await workspace.remove();
  }
}

/** Every decorator of every port, in the order in which a call passes them. */
async function buildPorts(
  deps: ExecuteRun,
  agent: AgentDefinition,
  runId: string,
  workspace: Workspace,
  journal: Journal,
): Promise<AgentPorts> {
  const prompting = deps.registry.prompting.get(agent.prompting);
  if (prompting === undefined)
    throw new AppError("invalid_request", {
      detail: `No prompting strategy named '${agent.prompting}' on this worker`,
    });
  const tools = createToolExecutor({
    tools: deps.registry.tools,
    names: agent.tools,
    context: { runId, workspace: workspace.directory, now: () => deps.clock.now() },
  });
  return {
    model: durableModel(await deps.createModel(agent.model), journal),
    tools: durableTools(tools, journal),
    prompting,
    messageId: (step) => journal.messageId(step),
  };
}

function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
