/**
 * Tells a loop that stands still from a process that stands still as a whole (SIGSTOP, a laptop's
 * sleep): what counts are our own beats without one of the other's, not the time between them.
 */
export function createStallCounter(limit: number): { isStalled(beatOfOther: number): boolean } {
  let last: number | undefined;
  let missed = 0;
  return {
    isStalled(beat) {
      missed = beat === last ? missed + 1 : 0;
      last = beat;
      return missed >= limit;
    },
  };
}
