import { AppError, batchedCall, type Clock, within } from "@llamaagent/core";
import { LRUCache } from "lru-cache";

/** What is taken back reaches every replica within 5 s: a row is taken as it was for so long, and its reading may take a second. */
const FRESH_MS = 3_000;
/** A statement that is stuck holds those behind it. */
const READ_MS = 2_000;
const CACHED_MAX = 10_000;
/** In one query. */
const READ_TOGETHER_MAX = 500;

interface Cached<Row> {
  readAt: number;
  row: Promise<Row | undefined>;
}

export interface FreshRows<Row> {
  /** Error: `service_unavailable`, within 2 s. */
  read(id: string): Promise<Row | undefined>;
  /** As it was when it was last read, however long ago, without reading it. */
  last(id: string): Row | undefined;
}

/** Reads a row by its id, of the last 3 s or anew; those that are asked for at one time together. */
export function freshRows<Row>(options: {
  clock: Clock;
  read: (ids: string[]) => Promise<Row[]>;
  idOf: (row: Row) => string;
}): FreshRows<Row> {
  const { clock, read, idOf } = options;
  const cached = new LRUCache<string, Cached<Row>>({ max: CACHED_MAX });
  const last = new LRUCache<string, { row: Row }>({ max: CACHED_MAX });
  const readOne = batchedCall({
    itemsMax: READ_TOGETHER_MAX,
    call: async (ids: string[]) => {
      const rows = new Map((await read(ids)).map((row) => [idOf(row), row]));
      return ids.map((id) => rows.get(id));
    },
  });

  async function lookUp(id: string): Promise<Row | undefined> {
    const row = await within<Row | undefined | typeof LATE>(readOne(id), READ_MS, LATE);
    if (row === LATE) throw new AppError("service_unavailable", { retryAfterSeconds: 1 });
    return row;
  }

  return {
    async read(id) {
      const known = cached.get(id);
      if (known && clock.monotonicMs() - known.readAt < FRESH_MS) return known.row;
      const entry = { readAt: clock.monotonicMs(), row: lookUp(id) };
      cached.set(id, entry);
      const forget = (): void => void (cached.get(id) === entry && cached.delete(id));
      // Ids that nobody has made would push out those in use.
      entry.row.then((row) => {
        if (row) last.set(id, { row });
        else {
          last.delete(id);
          forget();
        }
      }, forget);
      return entry.row;
    },
    last: (id) => last.get(id)?.row,
  };
}

const LATE = Symbol("late");
