import type { StoredEvent } from "@llamaagent/core";

/** What the tail announced and a reader has not come to. */
export interface EventBuffer {
  /** False where there is too much already: then they are dropped, and to be read from Postgres. */
  push(events: readonly StoredEvent[]): boolean;
  /** Before all others. */
  unshift(events: readonly StoredEvent[]): void;
  shift(): StoredEvent | undefined;
}

const EVENTS_MAX = 5_000;
/** Characters of data; the events that come when there is still room may be larger. */
const LENGTH_MAX = 64 * 1_024;

export function createEventBuffer(): EventBuffer {
  const kept: StoredEvent[] = [];
  let length = 0;
  const lengthOf = (events: readonly StoredEvent[]): number =>
    events.reduce((sum, { data }) => sum + data.length, 0);
  return {
    push(events) {
      // Those before them stay: a reader that is slow for a moment has them all.
      if (kept.length >= EVENTS_MAX || length >= LENGTH_MAX) return false;
      kept.push(...events);
      length += lengthOf(events);
      return true;
    },
    unshift(events) {
      kept.unshift(...events);
      length += lengthOf(events);
    },
    shift() {
      const event = kept.shift();
      length -= event?.data.length ?? 0;
      return event;
    },
  };
}
