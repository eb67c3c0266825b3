import type { Clock } from "@llamaagent/core";
import type { Database } from "@llamaagent/db";
import { appendRecords, type NewRecord } from "./append-records.ts";
import { createRefusalFold, type Refusal, type Taken } from "./fold-refusals.ts";

/** Who was refused what, on its way into the audit log: nobody waits for that. */
export interface Refusals {
  note(refusal: Refusal): void;
  /** Writes what is left. */
  close(): Promise<void>;
}

const WRITE_MS = 1_000;

/** Written each second, in one statement; while the database is away they are kept, in bounded memory. */
export function createRefusals(options: {
  db: Pick<Database, "system">;
  clock: Pick<Clock, "monotonicMs">;
  /** Once, until they could be written again. */
  onError: (error: unknown) => void;
}): Refusals {
  const { db, clock, onError } = options;
  const fold = createRefusalFold(() => clock.monotonicMs());
  let isFailing = false;
  let writing: Promise<unknown> = Promise.resolve();
  let isWriting = false;

  /** False where nothing was left, or could be written. */
  async function write(which: "due" | "all"): Promise<boolean> {
    const taken = fold.take(which);
    if (taken.length === 0) return false;
    try {
      await db.system((tx) => {
        // Made for each attempt: the time that it says has passed goes on.
        const nowMs = clock.monotonicMs();
        return appendRecords(
          tx,
          taken.map((one) => toRecord(one, nowMs)),
        );
      });
      isFailing = false;
      return true;
    } catch (error) {
      fold.giveBack(taken);
      if (!isFailing) onError(error);
      isFailing = true;
      return false;
    }
  }

  const timer = setInterval(() => {
    if (isWriting) return;
    isWriting = true;
    writing = write("due").finally(() => (isWriting = false));
  }, WRITE_MS);
  timer.unref();
  return {
    note: (refusal) => fold.note(refusal),
    async close() {
      clearInterval(timer);
      await writing;
      for (let isMore = true; isMore;) isMore = await write("all");
    },
  };
}

function toRecord(taken: Taken, nowMs: number): NewRecord {
  const { kind, requestId, count, firstMs, lastMs } = taken;
  return {
    ...kind,
    ...(requestId === undefined ? {} : { request_id: requestId }),
    outcome: "refused",
    count,
    first_ms_ago: nowMs - firstMs,
    last_ms_ago: nowMs - lastMs,
  };
}
