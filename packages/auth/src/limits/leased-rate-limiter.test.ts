import type { Bucket, RateLimiter } from "@llamaagent/core";
import { beforeEach, expect, it } from "vitest";
import { leasedRateLimiter } from "./leased-rate-limiter.ts";
import { memoryRateLimiter } from "./memory-rate-limiter.ts";

let now: number;
let asked: number[];
let shared: RateLimiter;
const clock = { monotonicMs: () => now };
beforeEach(() => {
  [now, asked] = [0, []];
  const memory = memoryRateLimiter(clock);
  shared = {
    ...memory,
    take: (buckets, cost) => {
      asked.push(cost);
      return memory.take(buckets, cost);
    },
  };
});
const bucket: Bucket = { key: "a", perSecond: 1_000, burst: 10_000 };

it("asks for twice as much each time, up to a fiftieth of a second's, and tells what is left", async () => {
  const limiter = leasedRateLimiter(shared, clock);
  for (let n = 1; n <= 11; n++)
    expect(await limiter.take([bucket], 5)).toEqual({
      isAllowed: true,
      remaining: [10_000 - 5 * n],
      retryAfterMs: 0,
    });
  expect(asked).toEqual([5, 10, 20, 20]);
});

it("takes nothing ahead for one who asks seldom", async () => {
  const limiter = leasedRateLimiter(shared, clock);
  for (let n = 0; n < 3; n++) {
    await limiter.take([bucket], 1);
    now += 1_000;
  }
  expect(asked).toEqual([1, 1, 1]);
});

it("asks once for those that come together", async () => {
  const limiter = leasedRateLimiter(shared, clock);
  await limiter.take([bucket], 10);
  await Promise.all([1, 2, 3, 4].map(() => limiter.take([bucket], 5)));
  expect(asked).toEqual([10, 20]);
});

it("gives no more than the buckets hold, over several replicas, and all of it", async () => {
  const replicas = [1, 2, 3, 4].map(() => leasedRateLimiter(shared, clock));
  const few = { ...bucket, burst: 107 };
  let units = 0;
  for (let n = 0; n < 200; n++) {
    const cost = [1, 2, 5][n % 3] ?? 1;
    const taken = await replicas[n % 4]?.take([few], cost);
    if (taken?.isAllowed) units += cost;
  }
  expect(units).toBe(107);
});

it("says when to come again, and asks for no block meanwhile", async () => {
  const limiter = leasedRateLimiter(shared, clock);
  await limiter.take([bucket], 5);
  await shared.take([bucket], 9_995);
  asked = [];
  const refused = await limiter.take([bucket], 5);
  expect(refused).toEqual({ isAllowed: false, remaining: [0], retryAfterMs: 5 });
  await limiter.take([bucket], 5);
  expect(asked).toEqual([10, 5, 5]);
  now = 100;
  expect(await limiter.take([bucket], 5)).toMatchObject({ isAllowed: true });
  expect(asked).toEqual([10, 5, 5, 20]);
});

it("gives nothing of a block that is a second old", async () => {
  const limiter = leasedRateLimiter(shared, clock);
  await limiter.take([bucket], 5);
  await limiter.take([bucket], 5);
  now = 1_000;
  await limiter.take([bucket], 5);
  expect(asked).toEqual([5, 10, 5]);
});

it("asks for each request where a bucket is refilled slowly, and keeps callers apart", async () => {
  const limiter = leasedRateLimiter(shared, clock);
  const slow = { ...bucket, key: "slow", perSecond: 20 };
  for (let n = 0; n < 3; n++) await limiter.take([bucket, slow], 5);
  expect(asked).toEqual([5, 5, 5]);
  for (const key of ["b", "c"]) await limiter.take([{ ...bucket, key }], 5);
  for (const key of ["b", "c"]) await limiter.take([{ ...bucket, key }], 5);
  expect(asked.slice(3)).toEqual([5, 5, 10, 10]);
});

it("says that the shared buckets are away, and asks again", async () => {
  const away = new Error("away");
  let isAway = true;
  const limiter = leasedRateLimiter(
    { ...shared, take: (...given) => (isAway ? Promise.reject(away) : shared.take(...given)) },
    clock,
  );
  await expect(limiter.take([bucket], 5)).rejects.toBe(away);
  isAway = false;
  expect(await limiter.take([bucket], 5)).toMatchObject({ isAllowed: true });
});
