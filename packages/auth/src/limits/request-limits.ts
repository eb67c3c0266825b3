import {
  type Bucket,
  isAppError,
  type Principal,
  type RateLimiter,
  type Taken,
} from "@llamaagent/core";
import type { RateSettings } from "./rate-settings.ts";
import { COST_MAX, type RequestClass } from "./request-class.ts";

/** Seconds for which what is not used is kept. */
const BURST_SECONDS = 10;

/** One of the limits that a request comes under. */
export interface Policy {
  name: "caller" | "tenant" | "keys";
  bucket: Bucket;
  /** Units. */
  remaining: number;
}

export interface Limited extends Omit<Taken, "remaining"> {
  policies: Policy[];
}

export interface RequestLimits {
  /** Takes what a request costs. Error: `service_unavailable`, of those about keys alone. */
  take(caller: Principal, request: RequestClass): Promise<Limited>;
}

/**
 * The limits of a caller and its tenant. Without the shared buckets each replica gives its part of them;
 * requests about keys are refused then: guessing and minting must not become cheap because Redis is away.
 */
export function createRequestLimits(options: {
  /** Of all replicas. */
  shared: RateLimiter;
  /** Of this one, for while the shared one is away. */
  own: RateLimiter;
  settings: RateSettings;
}): RequestLimits {
  const { shared, own, settings } = options;
  const bucketOf = (key: string, perSecond: number): Bucket => ({
    key,
    perSecond,
    burst: Math.max(COST_MAX, perSecond * BURST_SECONDS),
  });

  /** The braces are Redis Cluster's: all buckets of a tenant are on one node. */
  function bucketsOf({ tenantId, keyId, subject }: Principal, { name }: RequestClass) {
    const caller = keyId ?? subject;
    const key = (rest: string): string => `{${tenantId}}:${rest}`;
    const { LLAMAAGENT_RATE_LIMIT_CALLER: perCaller, LLAMAAGENT_RATE_LIMIT_TENANT: perTenant } =
      settings;
    const buckets: Omit<Policy, "remaining">[] = [
      { name: "caller", bucket: bucketOf(key(`caller:${caller}`), perCaller) },
      { name: "tenant", bucket: bucketOf(key("tenant"), perTenant) },
    ];
    if (name === "keys")
      buckets.push({
        name,
        bucket: bucketOf(key(`keys:${caller}`), settings.LLAMAAGENT_RATE_LIMIT_KEYS),
      });
    return buckets;
  }

  function part({ key, perSecond }: Bucket): Bucket {
    return bucketOf(key, perSecond / settings.LLAMAAGENT_API_REPLICAS);
  }

  async function takeFrom(
    buckets: readonly Bucket[],
    { name, cost }: RequestClass,
  ): Promise<Taken> {
    // More than a bucket holds would never be let through.
    const within = (those: readonly Bucket[]): number =>
      Math.min(cost, ...those.map(({ burst }) => burst));
    try {
      return await shared.take(buckets, within(buckets));
    } catch (error) {
      if (name === "keys" || !isAppError(error, "service_unavailable")) throw error;
      const parts = buckets.map(part);
      return own.take(parts, within(parts));
    }
  }

  return {
    async take(caller, request) {
      const limits = bucketsOf(caller, request);
      const buckets = limits.map(({ bucket }) => bucket);
      const taken = await takeFrom(buckets, request);
      const { remaining, ...rest } = taken;
      return {
        ...rest,
        policies: limits.map((limit, index) => ({ ...limit, remaining: remaining[index] ?? 0 })),
      };
    },
  };
}
