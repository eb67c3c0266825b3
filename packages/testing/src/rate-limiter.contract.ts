import type { Bucket, RateLimiter } from "@llamaagent/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** Every adapter of the port passes this. */
export function rateLimiterContract(name: string, make: () => Promise<RateLimiter>): void {
  describe(`a rate limiter: ${name}`, () => {
    let limiter: RateLimiter;
    let made = 0;
    beforeAll(async () => {
      limiter = await make();
    });
    afterAll(() => limiter?.close());

    /** A new one; so slow that none of it comes back during a test, but where it is told. */
    const bucket = (fields: Partial<Bucket> = {}): Bucket => ({
      key: `{tenant}:${(made += 1)}`,
      perSecond: 0.01,
      burst: 10,
      ...fields,
    });
    const allowed = async (buckets: Bucket[], cost: number): Promise<boolean> =>
      (await limiter.take(buckets, cost)).isAllowed;

    it("gives a burst, and tells what is left of it", async () => {
      const one = bucket();
      expect(await limiter.take([one], 4)).toEqual({
        isAllowed: true,
        remaining: [6],
        retryAfterMs: 0,
      });
      expect(await limiter.take([one], 6)).toMatchObject({ isAllowed: true, remaining: [0] });
      const refused = await limiter.take([one], 1);
      expect(refused).toMatchObject({ isAllowed: false, remaining: [0] });
      // A unit takes 100 s.
      expect(refused.retryAfterMs).toBeGreaterThan(90_000);
      expect(refused.retryAfterMs).toBeLessThanOrEqual(100_000);
    });

    it("takes from all buckets, or from none", async () => {
      const [wide, narrow] = [bucket({ burst: 100 }), bucket({ burst: 3 })];
      expect(await allowed([wide, narrow], 2)).toBe(true);
      const refused = await limiter.take([wide, narrow], 2);
      expect(refused).toMatchObject({ isAllowed: false, remaining: [98, 1] });
      expect(await limiter.take([wide], 0)).toMatchObject({ remaining: [98] });
      expect(await allowed([wide, narrow], 1)).toBe(true);
    });

    it("gives no more than the burst to many at once", async () => {
      const one = bucket({ burst: 50 });
      const taken = await Promise.all(Array.from({ length: 200 }, () => allowed([one], 1)));
      expect(taken.filter(Boolean)).toHaveLength(50);
    });

    it("is refilled at its rate, to its burst and no further", async () => {
      const one = bucket({ perSecond: 100, burst: 20 });
      expect(await allowed([one], 20)).toBe(true);
      expect(await allowed([one], 20)).toBe(false);
      const { retryAfterMs } = await limiter.take([one], 20);
      await new Promise((resolve) => setTimeout(resolve, retryAfterMs + 5));
      expect(await allowed([one], 20)).toBe(true);
      await new Promise((resolve) => setTimeout(resolve, 400));
      expect((await limiter.take([one], 0)).remaining).toEqual([20]);
    });

    it("keeps buckets apart", async () => {
      const [one, other] = [bucket(), bucket()];
      expect(await allowed([one], 10)).toBe(true);
      expect(await allowed([other], 10)).toBe(true);
    });
  });
}
