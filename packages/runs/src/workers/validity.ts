import type { Clock } from "@llamaagent/core";

/** What holds until a moment of the monotonic clock, which moves on. */
export interface Validity {
  isValid(): boolean;
  /** On the monotonic clock, in milliseconds. */
  readonly until: number;
  /** Never back: what says so may be overtaken by what was said later. */
  extend(untilMs: number): void;
  /** Resolves once it is valid; rejects with the signal's reason. */
  waitUntilValid(signal: AbortSignal): Promise<void>;
}

export function createValidity(clock: Pick<Clock, "monotonicMs">): Validity {
  let until = -Infinity;
  const waiting = new Set<() => void>();
  const isValid = (): boolean => clock.monotonicMs() < until;
  return {
    isValid,
    get until() {
      return until;
    },
    extend(untilMs) {
      until = Math.max(until, untilMs);
      for (const wake of waiting) wake();
    },
    async waitUntilValid(signal) {
      while (!isValid()) {
        signal.throwIfAborted();
        await new Promise<void>((resolve) => {
          // Removed again: the signal is a run's, which outlives many lapses.
          const wake = (): void => {
            waiting.delete(wake);
            signal.removeEventListener("abort", wake);
            resolve();
          };
          waiting.add(wake);
          signal.addEventListener("abort", wake);
        });
      }
    },
  };
}
