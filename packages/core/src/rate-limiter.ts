/** A token bucket: it holds at most a burst, and is refilled at a rate. */
export interface Bucket {
  key: string;
  /** Units. */
  perSecond: number;
  /** Units; more than one request may cost. */
  burst: number;
}

export interface Taken {
  isAllowed: boolean;
  /** Units that are left in each bucket, in their order. */
  remaining: number[];
  /** Until all buckets have what was asked for; 0 where it was taken. */
  retryAfterMs: number;
}

export interface RateLimiter {
  /** Takes the cost from all buckets, or, where one has not enough, from none. Error: `service_unavailable`. */
  take(buckets: readonly Bucket[], cost: number): Promise<Taken>;
  close(): Promise<void>;
}
