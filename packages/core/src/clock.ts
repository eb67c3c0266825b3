/** Time is injected: tests move it, replays must not read it behind the journal's back. */
export interface Clock {
  now(): Date;
  /** Milliseconds of a clock that never jumps; for leases and intervals. */
  monotonicMs(): number;
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
};
