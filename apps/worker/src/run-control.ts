import { type CancelWatch, retryWhileAway, type WorkerLease } from "@llamaagent/runs";

/** Why a worker lets go of a run that has not ended. */
export class RunHandedBack extends Error {
  constructor() {
    super("the worker shuts down");
    this.name = "RunHandedBack";
  }
}

/** What stops a run from outside: its signal reaches every call, its guard stands before every step. */
export interface RunControl {
  signal: AbortSignal;
  abort(reason: unknown): void;
  /** Begins no further step; the one under way may end. */
  drain(): void;
  /** Raised by it. */
  draining: AbortSignal;
  /** Throws where no step may begin. While Postgres is away it waits. */
  guard(): Promise<void>;
  /** Raised where even what is to be written is given up: somebody else finds the run. */
  abandoned: AbortSignal;
  abandon(): void;
}

/** A cancellation is at most this old when a step begins. */
const CANCEL_LOOK_MS = 500;

export function createRunControl(options: {
  lease: Pick<WorkerLease, "waitUntilValid">;
  cancelWatch: CancelWatch;
}): RunControl {
  const { lease, cancelWatch } = options;
  const controller = new AbortController();
  const abandonment = new AbortController();
  const { signal } = controller;
  const drainment = new AbortController();
  return {
    signal,
    abort: (reason) => controller.abort(reason),
    drain: () => drainment.abort(),
    draining: drainment.signal,
    async guard() {
      signal.throwIfAborted();
      await lease.waitUntilValid(signal);
      await retryWhileAway(() => cancelWatch.look(CANCEL_LOOK_MS), signal);
      // The look may have taken longer than the lease.
      await lease.waitUntilValid(signal);
      signal.throwIfAborted();
      if (drainment.signal.aborted) throw new RunHandedBack();
    },
    abandoned: abandonment.signal,
    abandon: () => abandonment.abort(),
  };
}
