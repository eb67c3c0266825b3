import type { Clock } from "@llamaagent/core";

/** How often something happens. */
export interface MovingRate {
  add(count: number): void;
  /** Over the last minute; over its life where that is shorter. */
  perSecond(): number;
}

const SECONDS = 60;

export function createMovingRate(clock: Pick<Clock, "monotonicMs">): MovingRate {
  const startedAt = clock.monotonicMs();
  /** One a second; the oldest is written over. */
  const counts = Array.from({ length: SECONDS }, () => 0);
  let current = 0;

  /** Empties what lies between the last second that was counted and this one. */
  function advance(): number {
    const second = Math.floor((clock.monotonicMs() - startedAt) / 1000);
    for (let n = current + 1; n <= Math.min(second, current + SECONDS); n += 1)
      counts[n % SECONDS] = 0;
    current = second;
    return second;
  }

  return {
    add(count) {
      const index = advance() % SECONDS;
      counts[index] = (counts[index] ?? 0) + count;
    },
    perSecond() {
      const seconds = Math.min(advance() + 1, SECONDS);
      return counts.reduce((sum, count) => sum + count, 0) / seconds;
    },
  };
}
