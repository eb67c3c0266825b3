import {
  type AgentDefinition,
  AppError,
  type ChatModel,
  type Clock,
  isAppError,
  orAborted,
  parseEventId,
  type PluginRegistry,
  type RunUsage,
} from "@llamaagent/core";
import { type AgentOutcome, type AgentPorts, runAgent } from "@llamaagent/agents";
import type { Logger } from "@llamaagent/observability";
import {
  type AgentReader,
  type ClaimedRun,
  createJournal,
  createRunRecorder,
  endBrokenRun,
  inputMessages,
  type Journal,
  loadProgress,
  noProgress,
  retryWhileAway,
  RunCancelled,
  RunLost,
  type StoredProgress,
  type RunsContext,
  type RunWriter,
  type TailWriter,
} from "@llamaagent/runs";
import { createToolExecutor } from "@llamaagent/tools";
import { durableModel } from "./durable-model.ts";
import { durableTools } from "./durable-tools.ts";
import { preparedTools } from "./prepared-tools.ts";
import type { RunControl } from "./run-control.ts";
import { type RunResult, type SettledBy, settleRun } from "./settle-run.ts";
import type { OpenSteps } from "./watchdog/open-steps.ts";
import { watchedJournal } from "./watchdog/watched-journal.ts";
import { openWorkspace, type Workspace } from "./workspace.ts";

export interface ExecuteRun {
  context: RunsContext;
  registry: PluginRegistry;
  /** `provider/model` → the model. */
  createModel: (modelId: string) => Promise<ChatModel>;
  readAgent: AgentReader;
  workspaceRoot: string;
  writer: RunWriter;
  tailWriter: TailWriter;
  /** What the watchdog names. */
  openSteps: OpenSteps;
  clock: Clock;
  logger: Logger;
}

/**
 * Executes a claimed run to its end, or to where it waits, is handed back or is lost. Never rejects: a run
 * whose end cannot be written because Postgres is away is left to whoever finds it.
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
    if (error instanceof RunLost) return logger.warn("the run has another owner now");
    logger.error({ err: error }, "the run could not be brought to its end");
    if (isAppError(error, "service_unavailable")) return;
    const ending = retryWhileAway(
      () => endBrokenRun(deps.context, claimed.fence),
      control.abandoned,
    );
    await ending.catch((err: unknown) => logger.error({ err }, "the run has no end"));
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
  const progress =
    fence.epoch > 1 || run.retry_of !== undefined
      ? await retryWhileAway(() => loadProgress(context.db, fence), control.abandoned)
      : noProgress;
  const recorder = createRunRecorder({
    db: context.db,
    writer: deps.writer,
    claimed,
    progress,
    tailWriter: deps.tailWriter,
    clock: deps.clock,
    abandoned: control.abandoned,
    onLost: (error) => control.abort(error),
  });
  const stored = createJournal({
    runId: run.run_id,
    epoch: fence.epoch,
    progress,
    recorder,
    clock: deps.clock,
    guard: () => control.guard(),
    onChangedPrompt: (step) => logger.info({ step }, "the prompt changed; the stored answer holds"),
  });
  const journal = watchedJournal(stored, run.run_id, deps.openSteps);
  // Nothing was stored by an owner before: whoever claimed it left it, or died at once.
  if (parseEventId(progress.lastEventId)?.epoch === 0) {
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
  const state: RunState = { journal, recorder, usage, logger, progress };
  let result: RunResult;
  try {
    const { stop_reason: reason, ...rest } = await drive(deps, claimed, control, state);
    result = { end: { reason, ...rest } };
  } catch (error) {
    // A port that was aborted may throw anything: the reason is what counts.
    result = { error: control.signal.aborted ? control.signal.reason : error };
  } finally {
    clearTimeout(timer);
    journal.closeAll();
  }
  try {
    await context.hints.add(await settleRun(result, state));
  } finally {
    // A tool that ignores its signal may still write there: no reason for a run to fail.
    await state.workspace?.remove().catch((err: unknown) => {
      logger.warn({ err }, "a workspace could not be removed");
    });
  }
}

interface RunState extends SettledBy {
  progress: StoredProgress;
  /** Removed once the run's outcome is stored: nobody waits for that. */
  workspace?: Workspace;
}

/** Iterates the agent. */
async function drive(
  deps: ExecuteRun,
  claimed: ClaimedRun,
  control: RunControl,
  state: RunState,
): Promise<AgentOutcome> {
  const { fence, run } = claimed;
  const agent = deps.readAgent(claimed);
  control.signal.throwIfAborted();
  const opening = () =>
    openWorkspace({
      db: deps.context.db,
      root: deps.workspaceRoot,
      fence,
      threadId: run.thread_id,
      signal: control.signal,
    });
  const workspace = await retryWhileAway(opening, control.signal);
  state.workspace = workspace;
  const events = runAgent({
    agent,
    task: { messages: inputMessages(run), history: claimed.history, files: workspace.files },
    ports: await buildPorts(
      deps,
      agent,
      { runId: fence.runId, progress: state.progress, workspace },
      state.journal,
    ).catch((error: unknown) => {
      // A worker that lacks a part of the agent ends its run, but not what a person has to look at first.
      const [step] = state.journal.unknown();
      if (step !== undefined) state.journal.suspend(step);
      throw error;
    }),
    signal: control.signal,
  });
  for (;;) {
    // Raced: a model or tool that ignores its signal cannot hold the run.
    const next = await orAborted(events.next(), control.signal);
    if (next.done) return next.value;
    if (next.value.type === "usage.updated") Object.assign(state.usage, next.value.data);
    state.recorder.emit(next.value);
  }
}

/** Every decorator of every port, in the order in which a call passes them. */
async function buildPorts(
  deps: ExecuteRun,
  agent: AgentDefinition,
  { runId, progress, workspace }: { runId: string; progress: StoredProgress; workspace: Workspace },
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
    originOf: (step) => progress.steps.get(step)?.originRunId ?? runId,
  });
  return {
    model: durableModel(await deps.createModel(agent.model), journal),
    tools: preparedTools(durableTools(tools, journal), workspace),
    prompting,
    messageId: (step) => journal.messageId(step),
  };
}
