import type { Clock } from "@llamaagent/core";

/** Of a worker: one receiver that does not answer must not have all that others are told with. */
export interface ReceiverPlaces {
  /** To be called when the receiver has answered or failed; undefined where it is slow, and being told already. */
  take(url: string): (() => void) | undefined;
}

/** One that answers later than this is slow. */
const SLOW_MS = 2_000;
/** And stays so, unless it answers in time. */
const REMEMBERED_MS = 60_000;

interface Receiver {
  atWork: number;
  slowUntil: number;
}

export function createReceiverPlaces({ monotonicMs }: Pick<Clock, "monotonicMs">): ReceiverPlaces {
  const receivers = new Map<string, Receiver>();

  function forget(): void {
    const now = monotonicMs();
    for (const [origin, { atWork, slowUntil }] of receivers)
      if (atWork === 0 && slowUntil <= now) receivers.delete(origin);
  }

  return {
    take(url) {
      forget();
      const { origin } = new URL(url);
      const receiver = receivers.get(origin) ?? { atWork: 0, slowUntil: 0 };
      const begunAt = monotonicMs();
      if (receiver.slowUntil > begunAt && receiver.atWork > 0) return undefined;
      receivers.set(origin, receiver);
      receiver.atWork += 1;
      return () => {
        receiver.atWork -= 1;
        const now = monotonicMs();
        receiver.slowUntil = now - begunAt > SLOW_MS ? now + REMEMBERED_MS : 0;
      };
    },
  };
}
