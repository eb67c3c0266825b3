import { randomInt } from "node:crypto";

/** `TEST_SEED` repeats the times of a run of a test, which prints its seed; else each run has its own. */
export function testSeed(): number {
  const given = process.env["TEST_SEED"];
  if (given === undefined) return randomInt(2 ** 32);
  if (!/^\d+$/.test(given)) throw new Error(`TEST_SEED is to be a whole number, not '${given}'`);
  return Number(given);
}

/**
 * Numbers from 0 to below 1, the same for the same seed: mulberry32, by Tommy Ettinger
 * (https://gist.github.com/tommyettinger/46a874533244883189143505d203312c, public domain).
 */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
