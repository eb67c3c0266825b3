import type { Bucket, Clock, RateLimiter, Taken } from "@llamaagent/core";
import { LRUCache } from "lru-cache";

/** At its rate a caller asks the buckets of all replicas so often in a second, not at each request. */
const BLOCKS_PER_SECOND = 50;
/** What of a block is not used by then is lost. */
const LEASE_MS = 1_000;
/** Near the limit there are no blocks: none is asked for again so soon. */
const WITHOUT_MS = 100;
const LEASES_MAX = 100_000;

interface Lease {
  /** Taken from all of its buckets, and not yet used. */
  units: number;
  until: number;
  /** What the buckets had left when it was taken. */
  remaining: readonly number[];
  /** Of the block. */
  size: number;
  /** Until when no block is asked for. */
  withoutUntil: number;
}

/**
 * Takes units in blocks, ahead of the requests that will use them: one round trip for many. Each block is twice
 * as large as the one before, as long as they are used up within a second. As they are taken
 * before they are given, all replicas together give no more than the buckets hold; near the limit, and of
 * buckets that are refilled slowly, each request is asked for by itself.
 */
export function leasedRateLimiter(
  shared: RateLimiter,
  clock: Pick<Clock, "monotonicMs">,
): RateLimiter {
  const leases = new LRUCache<string, Lease>({ max: LEASES_MAX });
  const asking = new Map<string, Promise<void>>();

  function fromLease(id: string, cost: number): Taken | undefined {
    const lease = leases.get(id);
    if (lease === undefined || lease.units < cost || clock.monotonicMs() >= lease.until)
      return undefined;
    lease.units -= cost;
    const remaining = lease.remaining.map((left) => left + lease.units);
    return { isAllowed: true, remaining, retryAfterMs: 0 };
  }

  /** Of one that needs the block's units itself, too. */
  async function lease(
    id: string,
    buckets: readonly Bucket[],
    { cost, most }: { cost: number; most: number },
  ): Promise<void> {
    const before = leases.get(id);
    // Of one who asks seldom nothing is taken ahead: it would be lost, to its tenant too.
    const isOften = before !== undefined && clock.monotonicMs() < before.until;
    const size = isOften ? Math.min(most, Math.max(cost, 2 * before.size)) : cost;
    const { isAllowed, remaining } = await shared.take(buckets, size);
    const now = clock.monotonicMs();
    // Too few for a request that was large, not for a smaller one.
    const left = isOften ? before.units : 0;
    leases.set(id, {
      units: left + (isAllowed ? size : 0),
      size,
      until: now + LEASE_MS,
      remaining,
      withoutUntil: isAllowed ? 0 : now + WITHOUT_MS,
    });
  }

  return {
    async take(buckets, cost) {
      const slowest = Math.min(...buckets.map(({ perSecond }) => perSecond));
      const most = Math.floor(slowest / BLOCKS_PER_SECOND);
      if (most < cost || cost === 0) return shared.take(buckets, cost);
      const id = buckets.map(({ key }) => key).join(" ");
      const known = fromLease(id, cost);
      if (known) return known;
      if (clock.monotonicMs() >= (leases.get(id)?.withoutUntil ?? 0)) {
        let under = asking.get(id);
        if (under === undefined) {
          under = lease(id, buckets, { cost, most }).finally(() => asking.delete(id));
          asking.set(id, under);
        }
        await under;
        const taken = fromLease(id, cost);
        if (taken) return taken;
      }
      return shared.take(buckets, cost);
    },
    close: () => shared.close(),
  };
}
