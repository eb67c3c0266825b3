/** What the readers of a replica's streams hold in memory, all together. */
export interface ReaderMemory {
  /** A reader's place, which holds nothing yet. `cutOff` ends the reader: others need the memory. */
  open(cutOff: () => void): ReaderPlace;
}

export interface ReaderPlace {
  /** What the reader holds from now on. Where all hold too much, those that have held theirs longest are cut off. */
  hold(bytes: number): void;
  /** The reader holds nothing any more. */
  close(): void;
}

/** So much of a reader's is not counted: their number has limits of its own. */
const FREE_BYTES = 64 * 1_024;

/** Large ones as bytes: else the text stays too until they are sent. */
export function toChunk(text: string): string | Buffer {
  return text.length > FREE_BYTES ? Buffer.from(text) : text;
}

/** Of a frame under way: what it was made of, and its bytes. */
export const heldByFrame = ({ data }: { data: string }): number => 2 * Buffer.byteLength(data);

/**
 * At most so many bytes, beyond 64 KiB of each reader. One that reads on holds its part for an instant, so
 * those that have held theirs longest are the ones that take nothing, or take it slowest.
 */
export function createReaderMemory(maxBytes: number): ReaderMemory {
  let total = 0;
  /** In the order in which they began to hold. */
  const holders = new Map<ReaderPlace, { bytes: number; cutOff: () => void }>();

  function letGo(place: ReaderPlace): void {
    total -= holders.get(place)?.bytes ?? 0;
    holders.delete(place);
  }

  return {
    open(cutOff) {
      const place: ReaderPlace = {
        hold(bytes) {
          letGo(place);
          if (bytes <= FREE_BYTES) return;
          total += bytes;
          holders.set(place, { bytes, cutOff });
          for (const [holder, held] of holders) {
            if (total <= maxBytes) return;
            letGo(holder);
            held.cutOff();
          }
        },
        close: () => letGo(place),
      };
      return place;
    },
  };
}
