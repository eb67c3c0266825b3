import { isTerminalEventType, type TailBatch } from "@llamaagent/core";

/** As often as a failed call's pause is over; by then readers have compared with Postgres. */
const TRIES_MAX = 8;
/** Of a worker that ends more than that while Redis is away, the rest is found by comparing. */
const RUNS_MAX = 1_000;

/**
 * Keeps what readers wait for of batches that the tail did not take, a run's end or its pause, and offers it
 * again: nothing else comes of that run by which a reader would notice that something is missing.
 */
export function lateEnds(options: {
  /** False where nothing was taken. */
  send: (batches: readonly TailBatch[]) => Promise<boolean>;
  everyMs: number;
}): { keep(batches: readonly TailBatch[]): void; close(): void } {
  let kept = new Map<string, { batch: TailBatch; tries: number }>();
  let timer: NodeJS.Timeout | undefined;

  function keep(batches: readonly TailBatch[], tries = 0): void {
    if (tries >= TRIES_MAX) return;
    for (const batch of batches) {
      const events = batch.events.filter(
        ({ type }) => isTerminalEventType(type) || type === "run.paused",
      );
      if (events.length > 0 && kept.size < RUNS_MAX)
        kept.set(batch.runId, { batch: { ...batch, events: events.slice(-1) }, tries });
    }
    if (kept.size > 0) timer ??= setTimeout(() => void sendAgain(), options.everyMs).unref();
  }

  async function sendAgain(): Promise<void> {
    const again = [...kept.values()];
    kept = new Map();
    timer = undefined;
    if (await options.send(again.map(({ batch }) => batch))) return;
    for (const { batch, tries } of again) keep([batch], tries + 1);
  }

  return {
    keep: (batches) => keep(batches),
    close: () => clearTimeout(timer),
  };
}
