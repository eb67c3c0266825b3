/** A worker's places for runs at work: one table, whoever asks. */
export interface Slots {
  readonly free: number;
  /** Rejects with the signal's reason. First come, first served. */
  acquire(signal: AbortSignal): Promise<void>;
  /** False where none is free. */
  tryAcquire(): boolean;
  release(): void;
}

export function createSlots(count: number): Slots {
  let free = count;
  const waiting: (() => void)[] = [];
  return {
    get free() {
      return free;
    },
    async acquire(signal) {
      signal.throwIfAborted();
      if (free > 0) {
        free -= 1;
        return;
      }
      await new Promise<void>((resolve, reject) => {
        const onAbort = (): void => {
          const index = waiting.indexOf(take);
          if (index !== -1) waiting.splice(index, 1);
          reject(signal.reason);
        };
        // A released slot is handed over without becoming free in between.
        const take = (): void => {
          signal.removeEventListener("abort", onAbort);
          resolve();
        };
        signal.addEventListener("abort", onAbort, { once: true });
        waiting.push(take);
      });
    },
    tryAcquire() {
      if (free === 0) return false;
      free -= 1;
      return true;
    },
    release() {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    },
  };
}
