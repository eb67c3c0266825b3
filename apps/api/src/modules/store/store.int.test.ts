import { send, sendJson } from "@llamaagent/testing/api/send";
import { type TestApi, topologies } from "@llamaagent/testing/api/topologies";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

describe.each(topologies)("the store, $name", ({ isThere, start }) => {
  let api: TestApi;
  beforeAll(async () => {
    if (isThere) api = await start();
  });
  afterAll(() => api?.close());

  const put = (namespace: string[], key: string, value: object) =>
    sendJson(api.url, "PUT", "/store/items", { namespace, key, value });
  const get = (query: string) => send(api.url, { path: `/store/items?${query}` });
  const search = (body: object) => sendJson(api.url, "POST", "/store/items/search", body);
  const namespaces = (body: object) => sendJson(api.url, "POST", "/store/namespaces", body);

  describe.runIf(isThere)("over HTTP", () => {
    it("stores an item, reads it, replaces it, deletes it", async () => {
      const value = { tone: "formal", since: [2026, null], é: { "a/b": "\u0001" } };
      const stored = await put(["users", "17 é"], "a/b&c", value);
      expect([stored.status, stored.text]).toEqual([204, ""]);

      const query = "key=a%2Fb%26c&namespace=users&namespace=17+%C3%A9";
      const read = await get(query);
      const item = read.json as { created_at: string; updated_at: string };
      expect([read.status, item]).toEqual([
        200,
        {
          namespace: ["users", "17 é"],
          key: "a/b&c",
          value,
          created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
          updated_at: item.created_at,
        },
      ]);
      const head = await send(api.url, { method: "HEAD", path: `/store/items?${query}` });
      expect([head.status, head.text]).toEqual([200, ""]);

      expect((await get("key=a%2Fb%26c&namespace=users.17+%C3%A9")).json).toEqual(item);

      await put(["users", "17 é"], "a/b&c", { tone: "short" });
      expect((await get(query)).json).toMatchObject({
        value: { tone: "short" },
        created_at: item.created_at,
      });

      const place = { namespace: ["users", "17 é"], key: "a/b&c" };
      const deleted = await sendJson(api.url, "DELETE", "/store/items", place);
      expect([deleted.status, deleted.text]).toEqual([204, ""]);
      expect((await get(query)).status).toBe(404);
      expect((await sendJson(api.url, "DELETE", "/store/items", place)).status).toBe(404);
    });

    it("has a root, where no namespace is named", async () => {
      await put([], "root", { n: 1 });
      expect((await get("key=root")).json).toMatchObject({ namespace: [], value: { n: 1 } });
      const deleted = await sendJson(api.url, "DELETE", "/store/items", { key: "root" });
      expect(deleted.status).toBe(204);
    });

    it("searches by prefix and filter, ten items unless more are asked for", async () => {
      for (let n = 10; n < 22; n += 1)
        await put(["search", `n${n}`], "k", { even: n % 2 === 0, n });
      const within = { namespace_prefix: ["search"] };
      const found = async (body: object) => {
        const { items } = (await search(body)).json as { items: { value: { n: number } }[] };
        return items.map(({ value }) => value.n);
      };
      expect(await found(within)).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
      expect(await found({ ...within, offset: 10 })).toEqual([20, 21]);
      expect(await found({ ...within, filter: { even: true }, limit: 1000 })).toEqual([
        10, 12, 14, 16, 18, 20,
      ]);
      expect(await found({ namespace_prefix: ["search", "n11"], filter: null })).toEqual([11]);
      expect((await search({ namespace_prefix: null, filter: { n: 11 } })).json).toEqual({
        items: [
          {
            namespace: ["search", "n11"],
            key: "k",
            value: { even: false, n: 11 },
            created_at: expect.any(String),
            updated_at: expect.any(String),
          },
        ],
      });
    });

    it("lists namespaces by prefix, suffix and depth", async () => {
      for (const namespace of [
        ["list", "a", "x"],
        ["list", "b", "x"],
        ["list", "b", "y"],
      ])
        await put(namespace, "k", {});
      const prefix = ["list"];
      const list = async (body: object) => (await namespaces(body)).json;
      expect(await list({ prefix })).toEqual([
        ["list", "a", "x"],
        ["list", "b", "x"],
        ["list", "b", "y"],
      ]);
      expect(await list({ prefix, suffix: ["x"] })).toEqual([
        ["list", "a", "x"],
        ["list", "b", "x"],
      ]);
      expect(await list({ prefix, max_depth: 2, limit: 1, offset: 1 })).toEqual([["list", "b"]]);
      expect(await list({ prefix: ["list", "c"] })).toEqual([]);
    });

    it("refuses a page that holds more than 16 MiB, and serves it in parts", async () => {
      for (let n = 0; n < 17; n += 1)
        await put(["large"], String(n), { text: "x".repeat(1_000_000) });
      const all = await search({ namespace_prefix: ["large"], limit: 17 });
      expect([all.status, all.json]).toEqual([
        422,
        expect.objectContaining({ errors: [expect.objectContaining({ pointer: "/limit" })] }),
      ]);
      const part = await search({ namespace_prefix: ["large"], limit: 16 });
      expect([part.status, (part.json as { items: [] }).items.length]).toEqual([200, 16]);
    });

    it("answers all of many writers of one item at one time", async () => {
      const writers = Array.from({ length: 20 }, (_, n) => put(["busy"], "k", { n }));
      expect((await Promise.all(writers)).map(({ status }) => status)).toEqual(Array(20).fill(204));
    });
  });
});
