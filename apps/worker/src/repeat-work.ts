export interface RepeatedWork {
  work: () => Promise<void>;
  everyMs: number;
  /** Until the first time; `everyMs` where absent. */
  firstAfterMs?: number | undefined;
  onError: (error: unknown) => void;
  /** Ends it. */
  signal: AbortSignal;
}

/** One after the other: a slow round delays the next. A round that fails is the next one's to mend. */
export function repeatWork(options: RepeatedWork): void {
  const { work, everyMs, firstAfterMs = everyMs, onError, signal } = options;
  if (signal.aborted) return;
  let timer = setTimeout(() => void round(), firstAfterMs);
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  async function round(): Promise<void> {
    await work().catch(onError);
    if (!signal.aborted) timer = setTimeout(() => void round(), everyMs);
  }
}
