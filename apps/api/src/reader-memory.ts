import { AppError } from "@llamaagent/core";

/** What the clients of a replica make it hold in memory, all together. */
export interface ReaderMemory {
  /** For what is under way to a client, which holds nothing yet. `cutOff` ends it: others need the memory. */
  underWay(cutOff: () => void): ReaderPlace;
  /**
   * For what a stream keeps for as long as it lasts. Its `hold` throws `service_unavailable` where there is
   * no room, `conflict` where one stream wants more than ever fits into a frame.
   */
  kept(): ReaderPlace;
}

export interface ReaderPlace {
  /** What is held from now on; nothing where the place was closed, or cut off. */
  hold(bytes: number): void;
  close(): void;
}

/** A place that holds no more is not counted: the number of clients has limits of its own. */
const FREE_BYTES = 64 * 1_024;

/** Whether a text that is sent takes a place. */
export const isLarge = (text: string): boolean => text.length > FREE_BYTES;

/** Large ones as bytes: else the text stays too until they are sent. */
export const toChunk = (text: string): string | Buffer =>
  isLarge(text) ? Buffer.from(text) : text;

/** Of a frame under way: what it was made of, its text, and its bytes. */
export const heldByFrame = ({ data }: { data: string }): number => 3 * Buffer.byteLength(data);

/** The pieces of an answer: as long as the next one is not asked for, some three of them wait for the client. */
export async function* heldInPieces(
  pieces: AsyncIterable<Uint8Array>,
  place: ReaderPlace,
): AsyncGenerator<Uint8Array, void> {
  try {
    for await (const piece of pieces) {
      place.hold(3 * piece.byteLength);
      yield piece;
    }
  } finally {
    place.close();
  }
}

/** A client that reads has taken its part by then, as a rule. */
const SLOW_MS = 1_000;

/** At most so many bytes of what is under way, and half as many of what is kept, of each stream a sixth. */
export function createReaderMemory(
  maxBytes: number,
  now: () => number = () => performance.now(),
): ReaderMemory {
  return { underWay: underWay(maxBytes, now), kept: kept(maxBytes / 2) };
}

/**
 * Where all hold too much, those are cut off that have held theirs longest: they take nothing, or take it
 * slowest. From half of it on these are those that have held theirs for a second: all readers of a run begin
 * to hold an event at one time.
 */
function underWay(maxBytes: number, now: () => number): ReaderMemory["underWay"] {
  let total = 0;
  /** In the order in which they began to hold. */
  const holders = new Map<ReaderPlace, { bytes: number; since: number; cutOff: () => void }>();

  function letGo(place: ReaderPlace): void {
    total -= holders.get(place)?.bytes ?? 0;
    holders.delete(place);
  }
  return (cutOff) => {
    let isOpen = true;
    const end = (): void => {
      isOpen = false;
      letGo(place);
      cutOff();
    };
    const place: ReaderPlace = {
      hold(bytes) {
        letGo(place);
        if (!isOpen || bytes <= FREE_BYTES) return;
        // Nobody else has to go for what never has room.
        if (bytes > maxBytes) return end();
        total += bytes;
        holders.set(place, { bytes, since: now(), cutOff: end });
        for (const holder of holders.values()) {
          const isSlow = now() - holder.since >= SLOW_MS;
          if (total <= (isSlow ? maxBytes / 2 : maxBytes)) return;
          holder.cutOff();
        }
      },
      close() {
        isOpen = false;
        letGo(place);
      },
    };
    return place;
  };
}

/** Nobody who has room loses it: those that come, or grow, find none. */
function kept(maxBytes: number): ReaderMemory["kept"] {
  let total = 0;
  return () => {
    let held = 0;
    let isOpen = true;
    return {
      hold(bytes) {
        if (!isOpen) return;
        const wanted = bytes > FREE_BYTES ? bytes : 0;
        // Else its frame, thrice as large (`heldByFrame`), would be cut off again and again.
        if (wanted > maxBytes / 3)
          throw new AppError("conflict", {
            detail: "The run's `values` are larger than a stream may send: read its `updates`",
          });
        if (wanted > held && total - held + wanted > maxBytes)
          throw new AppError("service_unavailable", {
            detail: "Readers of `values` hold as much as this replica may give them",
            retryAfterSeconds: 5,
          });
        total += wanted - held;
        held = wanted;
      },
      close() {
        isOpen = false;
        total -= held;
        held = 0;
      },
    };
  };
}
