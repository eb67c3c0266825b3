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

let last = { ms: Number.NaN, text: "" };

/** ISO 8601 in UTC, as of `toISOString`, which takes a microsecond: most of what is dated is of one millisecond with what was before. */
export function isoText(moment: Date): string {
  const ms = moment.getTime();
  if (ms !== last.ms) last = { ms, text: moment.toISOString() };
  return last.text;
}
