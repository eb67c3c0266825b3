import type { Bucket } from "@llamaagent/core";

/** What is missing by a rounding error alone is there. */
const ROUNDING_MS = 0.001;

type Rate = Pick<Bucket, "perSecond" | "burst">;

/**
 * The generic cell rate algorithm (ITU-T I.371, annex A): a bucket is one moment, at which it would be full.
 * Times are milliseconds of one clock.
 */
export function gcra(
  fullAt: number,
  { now, cost }: { now: number; cost: number },
  { perSecond, burst }: Rate,
): { fullAt: number; retryAfterMs: number } {
  const unitMs = 1000 / perSecond;
  const before = Math.max(fullAt, now);
  const missingMs = before - now + (cost - burst) * unitMs;
  return { fullAt: before + cost * unitMs, retryAfterMs: missingMs < ROUNDING_MS ? 0 : missingMs };
}

/** Whole ones. */
export function unitsLeft(fullAt: number, now: number, { perSecond, burst }: Rate): number {
  const missingMs = Math.max(0, fullAt - now - ROUNDING_MS);
  return Math.max(0, Math.floor(burst - missingMs * (perSecond / 1000)));
}
