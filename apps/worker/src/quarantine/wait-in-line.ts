import { AppError, type Clock } from "@llamaagent/core";
import type { ClaimedRun } from "@llamaagent/runs";
import type { RunControl } from "../run-control.ts";
import type { Slots } from "../slots.ts";

/** A claimed run's place in lines that it waits in before it begins. */
export interface Waiting {
  /** False where the run is stopped first: its control says so to whoever settles it. */
  acquire(slots: Slots): Promise<boolean>;
  /** The run with what is left of its time. */
  remaining(): ClaimedRun;
}

export function waitInLine(claimed: ClaimedRun, control: RunControl, clock: Clock): Waiting {
  const startedAt = clock.monotonicMs();
  const secondsLeft = (): number =>
    Math.max(0, claimed.secondsLeft - (clock.monotonicMs() - startedAt) / 1000);
  return {
    async acquire(slots) {
      const overdue = AbortSignal.timeout(Math.ceil(secondsLeft() * 1000));
      try {
        await slots.acquire(AbortSignal.any([control.signal, control.draining, overdue]));
        return true;
      } catch {
        if (overdue.aborted) control.abort(new AppError("run_timeout"));
        return false;
      }
    },
    remaining: () => ({ ...claimed, secondsLeft: secondsLeft() }),
  };
}
