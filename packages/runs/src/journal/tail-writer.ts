import {
  type Clock,
  isTerminalEventType,
  type RunEventTail,
  type RunKey,
  type StoredEvent,
  type TailBatch,
} from "@llamaagent/core";

/**
 * Passes events on to the live tail, all runs of a worker together: at once, then at most once in 5 ms; a
 * run's end at once in any case.
 */
export interface TailWriter {
  add(run: RunKey, events: readonly StoredEvent[]): void;
  /** False while readers have nothing but Postgres. */
  isLive(): boolean;
  /** Sends what is pending; resolves when all was sent. */
  flush(): Promise<void>;
}

/** A chunk of a model's answer comes each 5–20 ms: one script per tick costs less than one per chunk. */
const TICK_MS = 5;

/** `canSend` is asked at each tick: what may not be sent is dropped, readers find it in Postgres. */
export function createTailWriter(
  tail: RunEventTail,
  clock: Clock,
  canSend: () => boolean,
): TailWriter {
  let pending = new Map<string, TailBatch>();
  let timer: NodeJS.Timeout | undefined;
  let isDue = false;
  let sentAt = -Infinity;
  const underway = new Set<Promise<void>>();

  function send(): void {
    clearTimeout(timer);
    [timer, isDue] = [undefined, false];
    const batches = [...pending.values()];
    pending = new Map();
    sentAt = clock.monotonicMs();
    if (batches.length === 0 || !canSend()) return;
    const sent = tail.publish(batches).finally(() => underway.delete(sent));
    underway.add(sent);
  }

  return {
    add({ tenantId, runId }, events) {
      const batch = pending.get(runId);
      if (batch) batch.events.push(...events);
      else pending.set(runId, { tenantId, runId, events: [...events] });
      const waitMs = TICK_MS - (clock.monotonicMs() - sentAt);
      if (isDue) return;
      // Somebody waits for a run's end.
      if (waitMs <= 0 || events.some(({ type }) => isTerminalEventType(type))) {
        isDue = true;
        // What the same claim began, or the same commit ended, goes along; the run's work comes after.
        queueMicrotask(send);
      } else timer ??= setTimeout(send, waitMs);
    },
    isLive: () => tail.isLive(),
    async flush() {
      send();
      await Promise.all(underway);
    },
  };
}
