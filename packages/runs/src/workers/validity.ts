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
      for (const resolve of waiting) resolve();
      waiting.clear();
    },
    async waitUntilValid(signal) {
      while (!isValid()) {
        signal.throwIfAborted();
        await new Promise<void>((resolve) => {
          waiting.add(resolve);
          signal.addEventListener("abort", () => resolve(), { once: true });
        });
      }
    },
  };
}
