import { isAppError, within } from "@llamaagent/core";
import type { Logger } from "@llamaagent/observability";
import {
  type ClaimedRun,
  RunCancelled,
  retryWhileAway,
  type RunsContext,
  strikeRun,
  type WorkerLease,
} from "@llamaagent/runs";
import type { RunControl } from "../run-control.ts";
import { createSlots } from "../slots.ts";
import { removeWorkspace } from "../workspace.ts";
import { toMachineMs } from "./messages.ts";
import type { ExecuteHere, Quarantine } from "./quarantine.ts";
import type { Child } from "./start-child.ts";
import { waitInLine } from "./wait-in-line.ts";

/** Processes of one run each that a worker has at once. */
const CHILDREN_MAX = 2;
/** Runs in quarantine, executed or waiting, past which none is claimed: they would wait elsewhere too. */
const IN_LINE_MAX = 20;
const LEASE_MS = 1_000;
/** On a busy machine it gets little of the processor. */
const READY_MS = 60_000;
/** Where no process can be started the run is handed back: not at once, or it comes again at once. */
const NOT_STARTED_MS = 5_000;
/** After the run's time is over: what it is then, nobody hears from its process any more. */
const OVERDUE_MS = 30_000;
/** After it was told to stop: one that stands still (SIGSTOP, a frozen container) does not hear it. */
const DEAF_MS = 10_000;

const CONSEQUENCE = {
  queued: "one strike more",
  poisoned: "its last strike",
  lost: "no strike, the run is this worker's no more",
};

/**
 * Each run in a process of its own. The worker stays its owner: the process writes under the worker's
 * fence and while the worker's lease holds; only its own death is a strike.
 */
export function childQuarantine(options: {
  context: Pick<RunsContext, "db" | "hints" | "tail" | "clock">;
  lease: Pick<WorkerLease, "until">;
  start: () => Child;
  executeHere: ExecuteHere;
  workspaceRoot: string;
  logger: Logger;
}): Quarantine {
  const { context, executeHere, lease } = options;
  const { clock } = context;
  const places = createSlots(CHILDREN_MAX);
  let inLine = 0;

  return {
    get isFull() {
      return inLine >= IN_LINE_MAX;
    },
    async execute(claimed, control, slots) {
      slots.release();
      const waiting = waitInLine(claimed, control, clock);
      inLine += 1;
      try {
        if (!(await waiting.acquire(places))) return await executeHere(claimed, control);
        try {
          await executeInChild(waiting.remaining(), control);
        } finally {
          places.release();
        }
      } finally {
        inLine -= 1;
      }
    },
  };

  async function executeInChild(claimed: ClaimedRun, control: RunControl): Promise<void> {
    const logger = options.logger.child({ run_id: claimed.run.run_id, strikes: claimed.strikes });
    const child = options.start();
    const late = setTimeout(() => child.kill(), READY_MS);
    const isReady = await child.ready;
    clearTimeout(late);
    if (!isReady) {
      const { how } = await child.ended;
      logger.error({ how }, "no process for a run in quarantine could be started");
      await within(raised([control.draining, control.signal]), NOT_STARTED_MS, undefined);
      control.drain();
      return executeHere(claimed, control);
    }
    logger.info({ pid: child.pid }, "a run that ended its processes is executed in one of its own");
    const { settled, how } = await follow(child, claimed, control);
    if (settled || control.abandoned.aborted) return;
    await strike(claimed, control, logger.child({ how }));
  }

  /** Passes on whatever stops the run, until its process has ended. */
  async function follow(child: Child, claimed: ClaimedRun, control: RunControl) {
    const leaseUntil = (): number => toMachineMs(lease.until, clock);
    const { workspaceRoot } = options;
    child.send({ kind: "run", claimed, workspaceRoot, leaseUntil: leaseUntil() });
    const renewing = setInterval(
      () => child.send({ kind: "lease", until: leaseUntil() }),
      LEASE_MS,
    );
    const overdue = setTimeout(() => child.kill(), claimed.secondsLeft * 1000 + OVERDUE_MS);
    let deaf: NodeJS.Timeout | undefined;
    const over = new AbortController();
    const pass = (signal: AbortSignal, how: () => void): void => {
      if (signal.aborted) how();
      else signal.addEventListener("abort", how, { signal: over.signal });
    };
    pass(control.draining, () => child.send({ kind: "drain" }));
    pass(control.signal, () => {
      const isCancelled = control.signal.reason instanceof RunCancelled;
      child.send({ kind: isCancelled ? "cancel" : "hand_back" });
      deaf = setTimeout(() => child.kill(), DEAF_MS);
    });
    pass(control.abandoned, () => child.kill());
    try {
      return await child.ended;
    } finally {
      over.abort();
      clearInterval(renewing);
      clearTimeout(overdue);
      clearTimeout(deaf);
    }
  }

  async function strike(claimed: ClaimedRun, control: RunControl, logger: Logger): Promise<void> {
    const { fence, strikes } = claimed;
    try {
      const outcome = await retryWhileAway(
        () => strikeRun(context, fence, strikes),
        control.abandoned,
      );
      logger.warn({ outcome }, `the process of a run has died: ${CONSEQUENCE[outcome]}`);
      await removeWorkspace(options.workspaceRoot, fence);
    } catch (error) {
      if (isAppError(error, "service_unavailable")) return logger.warn("a strike was not stored");
      logger.error({ err: error }, "the death of a run's process could not be settled");
    }
  }
}

function raised(signals: AbortSignal[]): Promise<void> {
  const any = AbortSignal.any(signals);
  return new Promise((resolve) => {
    if (any.aborted) resolve();
    any.addEventListener("abort", () => resolve(), { once: true });
  });
}
