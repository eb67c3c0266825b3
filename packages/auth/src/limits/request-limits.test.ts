import { AppError, type Principal, type RateLimiter } from "@llamaagent/core";
import { beforeEach, expect, it } from "vitest";
import { memoryRateLimiter } from "./memory-rate-limiter.ts";
import { createRequestLimits, type RequestLimits } from "./request-limits.ts";
import { classOf } from "./request-class.ts";
import type { Permission } from "../permissions.ts";

const caller: Principal = { tenantId: "t", subject: "a", roles: [], scopes: [], keyId: "k" };
const settings = {
  LLAMAAGENT_RATE_LIMIT_CALLER: 4,
  LLAMAAGENT_RATE_LIMIT_TENANT: 6,
  LLAMAAGENT_RATE_LIMIT_KEYS: 1,
  LLAMAAGENT_RATE_LIMIT_ADDRESS: 1,
  LLAMAAGENT_API_REPLICAS: 4,
};
let isAway: boolean;
let limits: RequestLimits;
beforeEach(() => {
  isAway = false;
  const clock = { monotonicMs: () => 0 };
  const memory = memoryRateLimiter(clock);
  const shared: RateLimiter = {
    ...memory,
    take: (...given) =>
      isAway ? Promise.reject(new AppError("service_unavailable")) : memory.take(...given),
  };
  limits = createRequestLimits({ shared, own: memoryRateLimiter(clock), settings });
});
const post = (permission: Permission | "any credential" | undefined) =>
  classOf({ permission, method: "POST" });
const starting = classOf({ permission: "runs:write", startsRuns: true, method: "POST" });

/** How many requests get through. */
async function through(request: ReturnType<typeof classOf>, by = caller): Promise<number> {
  for (let count = 0; ; count++) if (!(await limits.take(by, request)).isAllowed) return count;
}

it("lets a run cost more than a change, and that more than reading", async () => {
  const costs = [starting, post("threads:write"), post("threads:read")].map(({ cost }) => cost);
  expect(costs).toEqual([5, 2, 1]);
  // What ends one costs as any other change.
  expect(post("runs:write").name).toBe("changes");
  expect(classOf({ permission: "any credential", method: "GET" }).name).toBe("reads");
  expect(post(undefined).name).toBe("reads");
  expect(classOf({ permission: "any credential", method: "HEAD" }).name).toBe("reads");
  // Who mints too much must not keep others from taking back.
  expect(classOf({ permission: "keys:write", method: "DELETE" }).name).toBe("changes");
  expect(classOf({ permission: "tenants:write", method: "PATCH" }).name).toBe("changes");
  expect(await through(starting)).toBe(8);
});

it("counts each run of a batch, as far as the buckets can hold", async () => {
  const batch = (runs: number) => ({ ...starting, cost: runs * starting.cost });
  expect(await through(batch(4))).toBe(2);
  expect((await limits.take({ ...caller, tenantId: "other" }, batch(100))).policies).toMatchObject([
    { remaining: 0 },
    { remaining: 20 },
  ]);
});

it("counts a caller's requests, and a tenant's", async () => {
  expect(await through(post("runs:read"))).toBe(40);
  // Another key of the tenant has what is left of it; the same key's token has nothing.
  expect(await through(post("runs:read"), { ...caller, expiresAtMs: 1 })).toBe(0);
  expect(await through(post("runs:read"), { ...caller, keyId: "other" })).toBe(20);
  expect(await through(post("runs:read"), { ...caller, tenantId: "other" })).toBe(40);
});

it("tells what a request came under", async () => {
  const { policies, retryAfterMs } = await limits.take(caller, post("keys:write"));
  expect(retryAfterMs).toBe(0);
  expect(policies.map(({ name, remaining }) => [name, remaining])).toEqual([
    ["caller", 35],
    ["tenant", 55],
    ["keys", 5],
  ]);
});

it("lets nobody use up what others may mint", async () => {
  const minting = post("any credential");
  expect(await through(minting)).toBe(2);
  expect(await through(minting, { ...caller, keyId: "other" })).toBe(2);
});

it("gives a replica's part where the shared buckets are away, and nothing about keys", async () => {
  isAway = true;
  expect(await through(post("runs:read"))).toBe(10);
  for (const permission of ["keys:write", "tenants:write", "any credential"] as const)
    await expect(limits.take(caller, post(permission))).rejects.toMatchObject({
      code: "service_unavailable",
    });
  isAway = false;
  expect(await through(post("runs:read"))).toBe(40);
});
