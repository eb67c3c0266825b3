import { setTimeout as sleep } from "node:timers/promises";
import type { StreamFrame } from "./stream-frames.ts";

/** A position that cannot be is found in the first look at Postgres; a slower one ends the open stream. */
const FIRST_LOOK_MS = 1_000;

/** The same frames, once the first is there or a second is over. Throws what reading the first one throws. */
export async function firstLook(
  frames: AsyncGenerator<StreamFrame, void>,
  signal: AbortSignal,
): Promise<AsyncIterable<StreamFrame>> {
  // Also where nobody reads on. Its errors are the reader's.
  const free = (): void => void frames.return().catch(() => undefined);
  if (signal.aborted) free();
  else signal.addEventListener("abort", free);
  const first = frames.next();
  await Promise.race([
    first,
    sleep(FIRST_LOOK_MS, undefined, { signal, ref: false }).catch(() => undefined),
  ]);
  return resumed(first, frames);
}

/** The iterator whose first step is under way already. Not a generator: that would keep the first frame. */
function resumed(
  first: Promise<IteratorResult<StreamFrame, void>>,
  frames: AsyncGenerator<StreamFrame, void>,
): AsyncIterable<StreamFrame> {
  const begun = [first];
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => begun.pop() ?? frames.next(),
      return: () => frames.return(),
    }),
  };
}
