import {
  compareEventIds,
  isTerminalEventType,
  parseEventId,
  type RunEventTail,
  START,
  type StoredEvent,
} from "@llamaagent/core";
import { firstPage } from "../reading/event-page.ts";

/** Events kept per run that has not ended, and runs kept at all: more is in the database. */
const EVENTS_MAX = 1_000;
const RUNS_MAX = 1_000;

/** The live tail inside one process: a ring per run. */
export function memoryEventTail(): RunEventTail {
  const rings = new Map<string, StoredEvent[]>();
  const listeners = new Map<string, Set<(events: StoredEvent[]) => void>>();

  return {
    async publish(batches) {
      for (const { runId, events } of batches) {
        const ring = rings.get(runId) ?? [];
        if (!follows(ring.at(-1), events[0])) continue;
        ring.push(...events);
        if (ring.length > EVENTS_MAX) ring.splice(0, ring.length - EVENTS_MAX);
        // Re-inserted: the first key of the map is the run that was silent longest.
        rings.delete(runId);
        rings.set(runId, ring);
        const oldest = rings.keys().next();
        if (rings.size > RUNS_MAX && !oldest.done) rings.delete(oldest.value);
        for (const listener of listeners.get(runId) ?? []) listener(events);
        // Told after its commit: from now on the database answers for the run.
        if (events.some(({ type }) => isTerminalEventType(type))) rings.delete(runId);
      }
    },
    async read({ runId }, afterId) {
      const after = parseEventId(afterId) ?? START;
      const isAfter = ({ id }: StoredEvent) =>
        compareEventIds(parseEventId(id) ?? START, after) > 0;
      return firstPage((rings.get(runId) ?? []).filter(isAfter));
    },
    async subscribe({ runId }, listener) {
      const set = listeners.get(runId) ?? new Set();
      listeners.set(runId, set.add(listener));
      return {
        async close() {
          set.delete(listener);
          if (set.size === 0) listeners.delete(runId);
        },
      };
    },
    onGap: () => () => undefined,
    isLive: () => true,
    async close() {
      rings.clear();
      listeners.clear();
    },
  };
}

function follows(last: StoredEvent | undefined, next: StoredEvent | undefined): boolean {
  if (last === undefined || next === undefined) return next !== undefined;
  return compareEventIds(parseEventId(next.id) ?? START, parseEventId(last.id) ?? START) > 0;
}
