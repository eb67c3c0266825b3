import { isAppError, within } from "@llamaagent/core";
import type { Logger } from "@llamaagent/observability";
import {
  areOffered,
  type ClaimedRun,
  claimFirst,
  createCancelWatch,
  createScheduler,
  hasUrgentRuns,
  keepHouse,
  leaveToOthers,
  ownedRuns,
  QUARANTINE_FROM,
  requeueForgotten,
  RunCancelled,
  RunLost,
  sweepRuns,
  type WorkerLease,
} from "@llamaagent/runs";
import { createClaiming, DIRECT_CLAIM_MS } from "./claiming.ts";
import { createExecuteClaimed } from "./execute-claimed.ts";
import type { ExecuteRun } from "./execute-run.ts";
import { createLeftAgents } from "./left-agents.ts";
import type { Quarantine } from "./quarantine/quarantine.ts";
import { createRunControl, type RunControl, RunHandedBack } from "./run-control.ts";
import { type RepeatedWork, repeatWork } from "./repeat-work.ts";
import { createSlots } from "./slots.ts";
import type { TaskHandlers } from "./tasks/task-handler.ts";
import { createTaskRunner } from "./tasks/task-runner.ts";

/** A worker at work. */
export interface RunWorker {
  /** Runs at work here. */
  readonly active: number;
  /** Claims nothing more, lets the steps under way end (≤20 s), hands the rest back; ≤25 s in all. */
  stop(): Promise<void>;
}

const SWEEP_MS = 2_000;
const HOUSEKEEPING_MS = 3_600_000;
const URGENCY_LOOK_MS = 1_000;
const CANCEL_LOOK_MS = 1_000;
const FORGOTTEN_MS = 15_000;
const DRAIN_MS = 20_000;
/** After the drain: what is not written by then is left to others. */
const ABANDON_MS = 22_000;
const RELEASE_MS = 1_000;
const TASK_CLAIM_MS = 1_000;

interface Execution {
  runId: string;
  epoch: number;
  control: RunControl;
  done: Promise<void>;
}

export interface RunWorkerOptions {
  workerId: string;
  slots: number;
  lease: WorkerLease;
  /** For runs that ended their processes. */
  quarantine: Quarantine;
  /** Called for each run that it claimed. */
  onClaimed: () => void;
  taskHandlers: TaskHandlers;
  /** Not the hour that lies between the others: a deployment may restart more often. */
  firstHousekeepingMs: number;
  logger: Logger;
}

export function startRunWorker(deps: ExecuteRun, options: RunWorkerOptions): RunWorker {
  const { workerId, lease, logger } = options;
  const { context, clock } = deps;
  const slots = createSlots(options.slots);
  const leftAgents = createLeftAgents({
    registry: deps.registry,
    readAgent: deps.readAgent,
    leaveToOthers: (fence, needs) => leaveToOthers(context, fence, needs),
    areOffered: (needs) => areOffered(context.db, needs),
    mayJudge: () => lease.mayStrike(),
    clock,
    logger,
  });
  const execute = createExecuteClaimed(deps, {
    quarantine: options.quarantine,
    slots,
    leftAgents,
  });
  /** One entry an execution: of a run that was paused and resumed the old one may still tidy up. */
  const active = new Set<Execution>();
  const stopping = new AbortController();
  /** As of a second ago. */
  let byUrgency = false;
  const claiming = createClaiming({
    slots,
    clock,
    mayClaim: () => lease.isValid() && !stopping.signal.aborted,
    claimFirst: (counts) =>
      claimFirst(context.db, workerId, {
        ...counts,
        byUrgency,
        // Full of those that end processes, it still has slots for the others.
        strikesBelow: options.quarantine.isFull ? QUARANTINE_FROM : undefined,
        without: leftAgents.versions,
      }),
    take,
    onError: (error) => logAway(error, "a claim failed"),
    signal: stopping.signal,
  });

  const tasks = createTaskRunner({
    db: context.db,
    workerId,
    lease,
    handlers: options.taskHandlers,
    random: Math.random,
    logger,
    stopping: stopping.signal,
  });
  const scheduler = createScheduler(context, {
    mayFire: () => lease.isValid() && !stopping.signal.aborted,
  });

  const cancelWatch = createCancelWatch({
    db: context.db,
    clock,
    workerId,
    executing: () => [...active],
    onCancelled: cancel,
    onLost: ({ runId, epoch }) => {
      for (const execution of active)
        if (execution.runId === runId && execution.epoch === epoch)
          execution.control.abort(new RunLost());
    },
  });
  context.cancelSignals.subscribe(cancel);
  function cancel(runId: string): void {
    for (const execution of active)
      if (execution.runId === runId) execution.control.abort(new RunCancelled());
  }

  lease.onLapse(async () => {
    // What was being claimed when the worker froze is executed next.
    await claiming.settled();
    const owned = await ownedRuns(context.db, workerId);
    for (const { runId, epoch, control } of active)
      if (owned.get(runId) !== epoch) control.abort(new RunLost());
    await tasks.dropLost();
  });

  function take(claimed: ClaimedRun): void {
    options.onClaimed();
    const control = createRunControl({ lease, cancelWatch });
    if (stopping.signal.aborted) control.drain();
    const done = execute(claimed, control).finally(() => {
      active.delete(execution);
      void claiming.claimDirectly();
    });
    const { runId, epoch } = claimed.fence;
    const execution: Execution = { runId, epoch, control, done };
    active.add(execution);
  }

  const consumer = context.hints.consume(
    (hint) => claiming.claimHinted(hint, (runs) => void context.hints.add([{ ...hint, runs }])),
    () => claiming.claimAnnounced(),
  );

  function logAway(error: unknown, message: string): void {
    if (isAppError(error, "service_unavailable")) logger.warn(`${message}: the database is away`);
    else logger.error({ err: error }, message);
  }

  function every(
    ms: RepeatedWork["everyMs"],
    message: string,
    work: () => Promise<void>,
    firstAfterMs?: number,
  ) {
    const onError = (error: unknown) => logAway(error, message);
    repeatWork({ work, everyMs: ms, firstAfterMs, onError, signal: stopping.signal });
  }

  async function letGo(): Promise<void> {
    await claiming.settled();
    await Promise.all([...active].map(({ done }) => done));
    await tasks.settled();
  }

  every(DIRECT_CLAIM_MS, "a direct claim failed", () => claiming.claimAnyway());
  every(URGENCY_LOOK_MS, "a look for urgent runs failed", async () => {
    byUrgency = await hasUrgentRuns(context.db);
  });
  every(SWEEP_MS, "a sweep failed", async () => {
    const may = { mayTakeOver: lease.mayTakeOver(), mayStrike: lease.mayStrike() };
    for (const { runId, strikes } of await sweepRuns(context, may))
      logger.warn({ run_id: runId, strikes }, "the worker of a run is gone: it is queued again");
  });
  every(SWEEP_MS, "a look for others' capabilities failed", () => leftAgents.look());
  every(FORGOTTEN_MS, "a look for forgotten runs failed", () =>
    requeueForgotten(
      context,
      workerId,
      [...active].map(({ runId }) => runId),
    ),
  );
  every(
    () => scheduler.nextInMs,
    "schedules could not be fired",
    () => scheduler.fireDue(),
  );
  if (Object.keys(options.taskHandlers).length > 0) {
    every(TASK_CLAIM_MS, "a claim of tasks failed", () => tasks.claimDue());
    every(SWEEP_MS, "a sweep of tasks failed", () => tasks.sweep());
    every(FORGOTTEN_MS, "a look for forgotten tasks failed", () => tasks.requeueForgotten());
  }
  const house = () => keepHouse(context);
  every(HOUSEKEEPING_MS, "housekeeping failed", house, options.firstHousekeepingMs);
  every(CANCEL_LOOK_MS, "a look for cancellations failed", async () => {
    if (active.size > 0) await cancelWatch.look(CANCEL_LOOK_MS / 2);
  });

  return {
    get active() {
      return active.size;
    },
    async stop() {
      logger.info({ runs: active.size }, "draining: steps under way end first, within 20 s");
      stopping.abort(new RunHandedBack());
      const controls = (): RunControl[] => [...active].map(({ control }) => control);
      for (const control of controls()) control.drain();
      const late = setTimeout(() => {
        for (const control of controls()) control.abort(new RunHandedBack());
        tasks.handBack();
      }, DRAIN_MS);
      const left = Promise.all([consumer.close(), letGo()]);
      await within<unknown>(left, ABANDON_MS, undefined);
      clearTimeout(late);
      for (const control of controls()) control.abandon();
      // With runs left behind the row goes too: others may take them at once. A row that stays lapses.
      const released = lease.release().catch((error: unknown) => logAway(error, "the row stays"));
      await within(released, RELEASE_MS, undefined);
      logger.info({ left_behind: active.size }, "drained: runs have ended or are handed back");
    },
  };
}
