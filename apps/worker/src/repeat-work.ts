export interface RepeatedWork {
  work: () => Promise<void>;
  /** Where it differs from round to round, asked after each. */
  everyMs: number | (() => number);
  /** Until the first time; `everyMs` where absent. */
  firstAfterMs?: number | undefined;
  onError: (error: unknown) => void;
  /** Ends it. */
  signal: AbortSignal;
}

/** One after the other: a slow round delays the next. A round that fails is the next one's to mend. */
export function repeatWork(options: RepeatedWork): void {
  const { work, everyMs, onError, signal } = options;
  const nextInMs = typeof everyMs === "number" ? () => everyMs : everyMs;
  const { firstAfterMs = nextInMs() } = options;
  if (signal.aborted) return;
  let timer = setTimeout(() => void round(), firstAfterMs);
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  async function round(): Promise<void> {
    await work().catch(onError);
    if (!signal.aborted) timer = setTimeout(() => void round(), nextInMs());
  }
}
