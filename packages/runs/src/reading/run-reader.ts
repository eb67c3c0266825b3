import {
  compareEventIds,
  type EventId,
  formatEventId,
  isAppError,
  isTerminalEventType,
  parseEventId,
  type RunEventTail,
  type RunKey,
  START,
  type StoredEvent,
} from "@llamaagent/core";
import type { Database } from "@llamaagent/db";
import { z } from "zod";
import { createEventBuffer } from "./event-buffer.ts";
import { readEventsAfter, readPositions, type RunPosition } from "./event-log.ts";
import { eventData } from "../event-data.ts";
import { findRun } from "../get-run.ts";
import { positionFrom } from "./position-from.ts";

/** Before Postgres is asked again for what neither it nor the tail had. */
const RETRY_MS = 1_000;

/** One reader's place in a run's events, fed by the tail and by Postgres. */
export interface RunReader {
  readonly run: RunKey;
  /** What the tail announced. */
  offer(events: readonly StoredEvent[]): void;
  /** Postgres may have more than was given out, or the run may have ended. */
  markStale(): void;
  /** Nothing more comes, say because the run was deleted: the reader ends, behind what it has of it. */
  stop(): void;
  isBehind(position: RunPosition): boolean;
  /**
   * Events in order, without a gap or a repeat; ends after the terminal event, or with the signal.
   * `queued`: the only event that a run admitted just now has in Postgres, which then is not asked.
   */
  read(signal: AbortSignal, queued?: StoredEvent): AsyncGenerator<StoredEvent, void>;
}

export function createRunReader(
  sources: { db: Database; tail: RunEventTail; now: () => Date },
  run: RunKey,
  after: EventId,
): RunReader {
  const { db, tail } = sources;
  const buffer = createEventBuffer();
  let last = after;
  let ended = false;
  /** What came is all there is: the run was removed, or the reader is to end. */
  let isOver = false;
  let stale = false;
  let wake: () => void = () => undefined;
  let retryTimer: NodeJS.Timeout | undefined;

  function markStale(): void {
    stale = true;
    wake();
  }

  function retryLater(): void {
    retryTimer ??= setTimeout(() => {
      retryTimer = undefined;
      markStale();
    }, RETRY_MS);
  }

  /** A reader outlives the time without Postgres. */
  async function* whileUp(
    source: () => AsyncGenerator<StoredEvent, void>,
  ): AsyncGenerator<StoredEvent, void> {
    try {
      yield* source();
    } catch (error) {
      if (!isAppError(error, "service_unavailable")) throw error;
      retryLater();
    }
  }

  /** Advances past the event. */
  function give(event: StoredEvent): StoredEvent {
    last = idOf(event);
    ended = isTerminalEventType(event.type);
    return event;
  }

  /** Whether nothing is missing between the last event and this one. */
  function continues(event: StoredEvent): boolean {
    const id = idOf(event);
    if (id.epoch === last.epoch) return id.seq === last.seq + 1;
    return id.seq === 1 && compareEventIds(epochBegins(event), last) <= 0;
  }

  async function* fromPostgres(): AsyncGenerator<StoredEvent, void> {
    for (;;) {
      const page = await db.tenant(run.tenantId, (tx) => readEventsAfter(tx, run, last));
      for (const event of page.events) {
        yield give(event);
        if (ended) return;
      }
      if (!page.hasMore) return;
    }
  }

  /** Takes up what the tail has behind the last event, unless there is a hole between. */
  async function takeTail(): Promise<"taken" | "nothing" | "hole"> {
    const { events, hasMore } = await tail.read(run, formatEventId(last));
    const [first] = events;
    if (first === undefined) return "nothing";
    if (!continues(first)) return "hole";
    buffer.unshift(events);
    stale ||= hasMore;
    return "taken";
  }

  async function* accept(event: StoredEvent): AsyncGenerator<StoredEvent, void> {
    if (compareEventIds(idOf(event), last) <= 0) return;
    if (!continues(event)) {
      // While a retry is due, what comes is dropped: it will be read again.
      if (retryTimer !== undefined) return;
      yield* whileUp(fromPostgres);
      if (ended || retryTimer !== undefined || compareEventIds(idOf(event), last) <= 0) return;
      if (!continues(event)) {
        if ((await takeTail()) === "taken") return;
        // Told after its commit, and not there: the run was removed with it, and what is missing here too.
        if (isTerminalEventType(event.type) && (await isGone())) yield give(event);
        else retryLater();
        return;
      }
    }
    yield give(event);
  }

  const position = async (): Promise<RunPosition | undefined> =>
    (await db.tenant(run.tenantId, (tx) => readPositions(tx, [run])))[0];

  /** False where nobody knows: it is asked again. */
  const isGone = (): Promise<boolean> =>
    position().then(
      (found) => found === undefined,
      (error: unknown) => {
        if (isAppError(error, "service_unavailable")) return false;
        throw error;
      },
    );

  async function* catchUp(): AsyncGenerator<StoredEvent, void> {
    yield* fromPostgres();
    if (!ended) yield* resetIfLost();
    // Postgres has it some seconds later.
    if (!ended) await takeTail();
  }

  /** The run ended before the reader's position: that position was never one of this run. Or it is gone. */
  async function* resetIfLost(): AsyncGenerator<StoredEvent, void> {
    const found = await position();
    if (found === undefined) isOver = true;
    if (!found?.ended || compareEventIds(found.last, last) >= 0) return;
    const snapshot = await db.tenant(run.tenantId, (tx) => findRun(tx, run.runId));
    const before = { epoch: found.last.epoch, seq: found.last.seq - 1 };
    yield {
      id: formatEventId(before),
      type: "stream.reset",
      data: eventData(run.runId, sources.now(), { reason: "position_unknown", run: snapshot }),
    };
    last = before;
    yield* fromPostgres();
  }

  async function assertPosition(): Promise<void> {
    const found = await db.tenant(run.tenantId, (tx) => positionFrom(tx, run, last));
    ended = found.ended && compareEventIds(last, found.last) === 0;
  }

  return {
    run,
    offer(events) {
      if (isOver) return;
      if (!buffer.push(events)) stale = true;
      wake();
    },
    markStale,
    stop() {
      isOver = true;
      wake();
    },
    isBehind: (position) => position.ended || compareEventIds(position.last, last) > 0,
    async *read(signal, queued) {
      const onAbort = (): void => wake();
      signal.addEventListener("abort", onAbort);
      try {
        if (queued !== undefined && tail.isLive()) yield give(queued);
        else {
          await assertPosition();
          if (!ended) yield* fromPostgres();
        }
        if (!ended && (await takeTail()) === "hole") retryLater();
        while (!ended && !signal.aborted) {
          const event = buffer.shift();
          if (event) yield* accept(event);
          else if (isOver) return;
          else if (stale) {
            stale = false;
            yield* whileUp(catchUp);
          } else
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
        }
      } finally {
        clearTimeout(retryTimer);
        signal.removeEventListener("abort", onAbort);
      }
    },
  };
}

function idOf(event: StoredEvent): EventId {
  return parseEventId(event.id) ?? START;
}

const After = z.object({ after: z.string() });

/** Where the epochs before the event's own ended, durably; its first epoch follows `0-1`. */
function epochBegins(event: StoredEvent): EventId {
  const parsed = After.safeParse(JSON.parse(event.data));
  return (parsed.success && parseEventId(parsed.data.after)) || { epoch: 0, seq: 1 };
}
