import { AppError, type Principal, type RateLimiter } from "@llamaagent/core";
import { beforeEach, expect, it } from "vitest";
import { memoryRateLimiter } from "./memory-rate-limiter.ts";
import { createRequestLimits, type RequestLimits } from "./request-limits.ts";
import { classOf } from "./request-class.ts";

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
/** How many requests get through. */
async function through(request: ReturnType<typeof classOf>, by = caller): Promise<number> {
  for (let count = 0; ; count++) if (!(await limits.take(by, request)).isAllowed) return count;
}

it("lets a run cost more than a change, and that more than reading", async () => {
  const costs = (["runs:write", "threads:write", "threads:read"] as const).map(
    (permission) => classOf(permission, "POST").cost,
  );
  expect(costs).toEqual([5, 2, 1]);
  expect(classOf("any credential", "GET").name).toBe("reads");
  expect(classOf(undefined, "POST").name).toBe("reads");
  expect(classOf("any credential", "HEAD").name).toBe("reads");
  // Who mints too much must not keep others from taking back.
  expect(classOf("keys:write", "DELETE").name).toBe("changes");
  expect(classOf("tenants:write", "PATCH").name).toBe("changes");
  expect(await through(classOf("runs:write", "POST"))).toBe(8);
});

it("counts a caller's requests, and a tenant's", async () => {
  expect(await through(classOf("runs:read", "POST"))).toBe(40);
  // Another key of the tenant has what is left of it; the same key's token has nothing.
  expect(await through(classOf("runs:read", "POST"), { ...caller, expiresAtMs: 1 })).toBe(0);
  expect(await through(classOf("runs:read", "POST"), { ...caller, keyId: "other" })).toBe(20);
  expect(await through(classOf("runs:read", "POST"), { ...caller, tenantId: "other" })).toBe(40);
});

it("tells what a request came under", async () => {
  const { policies, retryAfterMs } = await limits.take(caller, classOf("keys:write", "POST"));
  expect(retryAfterMs).toBe(0);
  expect(policies.map(({ name, remaining }) => [name, remaining])).toEqual([
    ["caller", 35],
    ["tenant", 55],
    ["keys", 5],
  ]);
});

it("lets nobody use up what others may mint", async () => {
  const minting = classOf("any credential", "POST");
  expect(await through(minting)).toBe(2);
  expect(await through(minting, { ...caller, keyId: "other" })).toBe(2);
});

it("gives a replica's part where the shared buckets are away, and nothing about keys", async () => {
  isAway = true;
  expect(await through(classOf("runs:read", "POST"))).toBe(10);
  for (const permission of ["keys:write", "tenants:write", "any credential"] as const)
    await expect(limits.take(caller, classOf(permission, "POST"))).rejects.toMatchObject({
      code: "service_unavailable",
    });
  isAway = false;
  expect(await through(classOf("runs:read", "POST"))).toBe(40);
});
