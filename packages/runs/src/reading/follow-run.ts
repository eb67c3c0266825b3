import type { Clock, EventId, RunEventTail, RunKey, StoredEvent } from "@llamaagent/core";
import type { Database } from "@llamaagent/db";
import { readPositions } from "./event-log.ts";
import { createRunReader, type RunReader } from "./run-reader.ts";

/** Reads runs' events to their end, for all readers of one API replica. */
export interface RunFollower {
  /**
   * Events after the id, without a gap or a repeat; ends after the run's terminal event, or with the
   * signal. Errors, before the first event: `not_found`, `invalid_event_id` (a position that cannot be).
   */
  follow(
    run: RunKey,
    options: {
      after: EventId;
      signal: AbortSignal;
      /** Of a run that was admitted just now: all that Postgres has of it. */
      queued?: StoredEvent;
    },
  ): AsyncGenerator<StoredEvent, void>;
  /** Ends every reader. */
  close(): Promise<void>;
}

/** Between two comparisons with Postgres: the tail may lose anything, and says nothing of it. */
const COMPARE_MS = 10_000;
const COMPARE_WITHOUT_TAIL_MS = 2_000;

export function createRunFollower(options: {
  db: Database;
  tail: RunEventTail;
  clock: Clock;
  onError: (error: unknown) => void;
}): RunFollower {
  const { db, tail, clock } = options;
  const readers = new Set<RunReader>();
  let isClosed = false;
  let comparedAt = clock.monotonicMs();
  let comparing = false;

  async function compare(): Promise<void> {
    const interval = tail.isLive() ? COMPARE_MS : COMPARE_WITHOUT_TAIL_MS;
    if (comparing || readers.size === 0 || clock.monotonicMs() - comparedAt < interval) return;
    comparing = true;
    try {
      // Those that come meanwhile were not asked for, and are not gone.
      const asked = [...readers];
      const runs = [...new Map(asked.map(({ run }) => [run.runId, run])).values()];
      const positions = await db.system((tx) => readPositions(tx, runs));
      const byRun = new Map(positions.map((position) => [position.runId, position]));
      for (const reader of asked) {
        const position = byRun.get(reader.run.runId);
        if (position === undefined) reader.stop();
        else if (reader.isBehind(position)) reader.markStale();
      }
    } catch (error) {
      options.onError(error);
    } finally {
      comparedAt = clock.monotonicMs();
      comparing = false;
    }
  }

  const timer = setInterval(() => void compare(), 500);
  timer.unref();
  const removeGapListener = tail.onGap(() => {
    for (const reader of readers) reader.markStale();
  });

  return {
    async *follow(run, { after, signal, queued }) {
      const sources = { db, tail, now: () => clock.now() };
      const reader = createRunReader(sources, run, after);
      // Subscribed before Postgres is read: what is published from now on is buffered.
      const subscription = await tail.subscribe(run, (events) => reader.offer(events));
      readers.add(reader);
      try {
        // Ends with the follower too, without a signal composed for each reader, which costs a wait 6 % of the API's CPU.
        if (!isClosed) yield* reader.read(signal, queued);
      } finally {
        readers.delete(reader);
        await subscription.close();
      }
    },
    async close() {
      clearInterval(timer);
      removeGapListener();
      isClosed = true;
      for (const reader of readers) reader.stop();
    },
  };
}
