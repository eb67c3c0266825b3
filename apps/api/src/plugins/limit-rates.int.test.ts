import { createTenant } from "@llamaagent/auth";
import type { Principal } from "@llamaagent/core";
import { send, sendJson } from "@llamaagent/testing/api/send";
import { type TestApi, topologies } from "@llamaagent/testing/api/topologies";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const nobodys: Principal = {
  tenantId: crypto.randomUUID(),
  subject: "test",
  roles: [],
  scopes: [],
};
/** A unit comes back each second: a test that is slow sees some. */
const within = (least: number) => (count: number) => count >= least && count <= least + 5;
const SLOW = {
  LLAMAAGENT_RATE_LIMIT_CALLER: "1",
  LLAMAAGENT_RATE_LIMIT_TENANT: "2",
  LLAMAAGENT_RATE_LIMIT_KEYS: "20",
  LLAMAAGENT_RATE_LIMIT_ADDRESS: "1",
};

describe.each(topologies)("limits of requests, $name", ({ isThere, start }) => {
  let api: TestApi;
  beforeAll(async () => {
    if (isThere) api = await start({ asksForKeys: true, environment: SLOW });
  });
  afterAll(() => api?.close());

  /** A tenant of its own, whose buckets are full: made here, where nothing is counted. */
  const tenant = async () => {
    const made = await createTenant(api.context.db, nobodys, {
      tenantId: api.context.newId(),
      keyId: api.context.newId(),
      name: crypto.randomUUID(),
      furnish: async () => undefined,
    });
    return { "x-api-key": made.admin_key.key };
  };
  const key = async (by: object) => {
    const made = await sendJson(api.url, "POST", "/keys", { name: "k", roles: ["viewer"] }, by);
    return { "x-api-key": (made.json as { key: string }).key };
  };
  const get = (headers: Record<string, string>, path = "/runs/none") =>
    send(api.url, { path, headers });
  /** How many requests are let through. */
  async function through(headers: Record<string, string>): Promise<number> {
    for (let count = 0; ; count++) if ((await get(headers)).status === 429) return count;
  }

  describe.runIf(isThere)("of a caller", () => {
    it("are told, and past them it is told when to come again", async () => {
      const caller = await tenant();
      const first = await get(caller, "/me");
      expect(first.headers).toMatchObject({
        "ratelimit-policy": '"caller";q=10;w=10, "tenant";q=20;w=10',
        ratelimit: '"caller";r=9;t=1, "tenant";r=19;t=1',
      });
      expect(await through(caller)).toSatisfy(within(9));
      const refused = await get(caller);
      expect([refused.status, refused.json]).toEqual([
        429,
        expect.objectContaining({ code: "rate_limited", retryable: true }),
      ]);
      expect(Number(refused.headers["retry-after"])).toBe(1);
      expect(refused.headers.ratelimit).toMatch(/^"caller";r=0;t=10, /);
    });

    it("are its own, and its tenant's with others", async () => {
      const [caller, other] = [await tenant(), await tenant()];
      // Each key costs 5.
      const second = await key(caller);
      expect(await through(caller)).toSatisfy(within(5));
      // What is left of the tenant's.
      expect(await through(second)).toSatisfy(within(10));
      expect(await through(other)).toSatisfy(within(10));
    });

    it("let nothing through that was refused: no run is made of it", async () => {
      const caller = await tenant();
      await through(caller);
      const body = { input: "Hi", thread_id: crypto.randomUUID(), if_not_exists: "create" };
      const refused = await sendJson(api.url, "POST", "/runs", body, caller);
      expect(refused.status).toBe(429);
      const rows = await api.context.db.system((tx) =>
        tx.query(`SELECT FROM threads WHERE thread_id = $1`, [body.thread_id]),
      );
      expect(rows).toEqual([]);
    });
  });

  describe.runIf(isThere)("of an address", () => {
    it("stop one who guesses, and not those who have a key, nor probes", async () => {
      const known = await tenant();
      expect((await get(known, "/me")).status).toBe(200);
      // At one time: they are counted before anything is looked up.
      const statuses = await Promise.all(
        Array.from({ length: 60 }, async () => {
          const guess = `la_${crypto.randomUUID().replaceAll("-", "")}_${"A".repeat(43)}`;
          return (await get({ "x-api-key": guess })).status;
        }),
      );
      expect(new Set(statuses)).toEqual(new Set([401, 429]));
      expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(12);
      expect((await send(api.url, { path: "/me" })).status).toBe(429);
      expect((await get(known, "/me")).status).toBe(200);
      for (let n = 0; n < 15; n++)
        expect((await send(api.url, { path: "/health/live" })).status).toBe(200);
      // What is public has a bucket of its own.
      const pages = [];
      for (let n = 0; n < 15; n++)
        pages.push((await send(api.url, { path: "/openapi.json" })).status);
      expect([pages[0], pages.at(-1)]).toEqual([200, 429]);
      expect((await get(known, "/me")).status).toBe(200);
    });
  });
});
