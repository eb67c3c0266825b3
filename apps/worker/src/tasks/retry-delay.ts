const SECONDS_MAX = 3_600;

/** 1 s, 2 s, 4 s … up to an hour, ±20 %, so that what failed together does not come back together. */
export function retryDelaySeconds(attempt: number, random: () => number): number {
  const seconds = Math.min(2 ** (attempt - 1), SECONDS_MAX);
  return seconds * (0.8 + 0.4 * random());
}
