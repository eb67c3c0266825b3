export interface Repetition<T> {
  /** Stops, waits for what was begun, and gives all. */
  stop(): Promise<T[]>;
}

/** Calls `once` every so many milliseconds, whatever became of the calls before; no longer than to `until`. */
export function atIntervals<T>(options: {
  everyMs: number;
  until: AbortSignal;
  /** Does not reject. */
  once: (index: number) => Promise<T>;
}): Repetition<T> {
  const begun: Promise<T>[] = [];
  const timer = setInterval(() => begun.push(options.once(begun.length)), options.everyMs);
  const end = (): void => clearInterval(timer);
  options.until.addEventListener("abort", end);
  return {
    stop() {
      end();
      options.until.removeEventListener("abort", end);
      return Promise.all(begun);
    },
  };
}
