import type { JsonObject } from "@llamaagent/core";
import type { OwnedDatabase, TenantTx } from "@llamaagent/db";
import { onEachDatabase } from "@llamaagent/testing/each-database";
import { uuidv7 } from "uuidv7";
import { beforeEach, describe, expect, it } from "vitest";
import { deleteItem } from "./delete-item.ts";
import { findItem } from "./find-item.ts";
import type { ItemPlace } from "./item-place.ts";
import { listNamespaces, type NamespaceSearch } from "./list-namespaces.ts";
import { putItem } from "./put-item.ts";
import { type ItemSearch, searchItems } from "./search-items.ts";

describe("the store", () => onEachDatabase(storeSuite));

function storeSuite(database: () => OwnedDatabase): void {
  let tenantId: string;
  beforeEach(() => {
    tenantId = uuidv7();
  });

  const asTenant = <T>(work: (tx: TenantTx) => Promise<T>): Promise<T> =>
    database().tenant(tenantId, work);
  const put = (namespace: string[], key: string, value: JsonObject = {}) =>
    asTenant((tx) => putItem(tx, { namespace, key, value }));
  const find = (place: ItemPlace) => asTenant((tx) => findItem(tx, place));
  const search = (wanted: Partial<ItemSearch> = {}) =>
    asTenant((tx) => searchItems(tx, { prefix: [], filter: {}, limit: 100, offset: 0, ...wanted }));
  const places = async (wanted?: Partial<ItemSearch>) =>
    (await search(wanted)).map(({ namespace, key }) => [...namespace, key].join("/"));
  const namespaces = async (wanted: Partial<NamespaceSearch> = {}) => {
    const all = { prefix: [], suffix: [], limit: 100, offset: 0 };
    const found = await asTenant((tx) => listNamespaces(tx, { ...all, ...wanted }));
    return found.map((labels) => labels.join("/"));
  };
  const notFound = { code: "not_found" };

  describe("items", () => {
    it("are kept as they are, whatever JSON they hold", async () => {
      const value = {
        text: 'a "b" \\ \u0001 \u{1f600}',
        numbers: [0, -1.5, 1e308, 5e-324, 9007199254740991],
        nested: { null: null, true: true, list: [[], {}] },
        "": { "a.b": "{}" },
      };
      await put(["a", 'la"b\\el {1}'], "k.e/y é", value);
      const place = { namespace: ["a", 'la"b\\el {1}'], key: "k.e/y é" };
      const item = await find(place);
      expect(item).toEqual({
        ...place,
        value,
        created_at: item.created_at,
        updated_at: item.created_at,
      });
    });

    it("are different ones in different namespaces and under different keys", async () => {
      await put([], "a", { n: 1 });
      await put(["a"], "a", { n: 2 });
      await put(["a", "a"], "a", { n: 3 });
      await put(["a"], "A", { n: 4 });
      expect((await search()).map(({ value }) => value["n"])).toEqual([1, 4, 2, 3]);
      expect((await find({ namespace: [], key: "a" })).value).toEqual({ n: 1 });
    });

    it("keep the moment of their creation when they are replaced", async () => {
      const place = { namespace: ["a"], key: "k" };
      await put(["a"], "k", { n: 1, old: true });
      const first = await find(place);
      await put(["a"], "k", { n: 2 });
      const second = await find(place);
      expect(second).toMatchObject({ value: { n: 2 }, created_at: first.created_at });
      expect(second.value).toEqual({ n: 2 });
      expect(second.updated_at >= first.updated_at).toBe(true);
      const moments = await asTenant((tx) =>
        tx.query("SELECT FROM store_items WHERE tenant_id = $1 AND updated_at > created_at", [
          tenantId,
        ]),
      );
      expect(moments).toHaveLength(1);
    });

    it("are stored by all of many writers at one time, and the last one stays", async () => {
      const writers = Array.from({ length: 40 }, (_, n) => n);
      await Promise.all(writers.map((n) => put(["a"], "k", { n })));
      expect(await search()).toHaveLength(1);
      const { value } = await find({ namespace: ["a"], key: "k" });
      expect(writers).toContain(value["n"]);
    });

    it("are stored while others delete them", async () => {
      const place = { namespace: ["a"], key: "k" };
      const deletion = () =>
        asTenant((tx) => deleteItem(tx, place)).catch((error: unknown) => error);
      const rounds = Array.from({ length: 20 }, () => [put(["a"], "k"), deletion()]);
      for (const outcome of await Promise.all(rounds.flat()))
        if (outcome !== undefined) expect(outcome).toMatchObject(notFound);
    });

    it("are gone once deleted", async () => {
      const place = { namespace: ["a"], key: "k" };
      await put(["a"], "k");
      await put(["a"], "other");
      await asTenant((tx) => deleteItem(tx, place));
      await expect(find(place)).rejects.toMatchObject(notFound);
      await expect(asTenant((tx) => deleteItem(tx, place))).rejects.toMatchObject(notFound);
      expect(await places()).toEqual(["a/other"]);
    });

    it("may have the longest namespace and key", async () => {
      const letters = (length: number) =>
        Array.from({ length }, (_, n) => String.fromCodePoint(0x4e00 + ((n * 7919) % 20_000))).join(
          "",
        );
      const namespace = [...Array.from({ length: 15 }, (_, n) => letters(22) + n), "x".repeat(14)];
      const place = { namespace, key: letters(512) };
      expect(Buffer.byteLength(namespace.join(""))).toBe(1024);
      await put(namespace, place.key, { n: 1 });
      expect(await find(place)).toMatchObject({ ...place, value: { n: 1 } });
    });

    it("are refused where a value grows over 2 MiB as jsonb writes it, and nothing is stored", async () => {
      const value = { numbers: Array.from({ length: 7000 }, () => 1e300) };
      await expect(put(["a"], "k", value)).rejects.toMatchObject({
        code: "invalid_request",
        errors: [{ pointer: "/value" }],
      });
      expect(await places()).toEqual([]);
      // As large as a body may be.
      await put(["a"], "k", { numbers: Array.from({ length: 520_000 }, () => 1) });
      expect(await places()).toEqual(["a/k"]);
    });

    it("are invisible to another tenant, for every act", async () => {
      const place = { namespace: ["a"], key: "k" };
      await put(["a"], "k", { whose: "ours" });
      const theirs = uuidv7();
      const as = database().tenant.bind(database(), theirs);
      const all = { prefix: [], limit: 100, offset: 0 };
      await expect(as((tx) => findItem(tx, place))).rejects.toMatchObject(notFound);
      await expect(as((tx) => deleteItem(tx, place))).rejects.toMatchObject(notFound);
      expect(await as((tx) => searchItems(tx, { ...all, filter: {} }))).toEqual([]);
      expect(await as((tx) => listNamespaces(tx, { ...all, suffix: [] }))).toEqual([]);
      await as((tx) => putItem(tx, { ...place, value: { whose: "theirs" } }));
      expect((await find(place)).value).toEqual({ whose: "ours" });
      // Only row-level security is left to a statement that has forgotten the tenant.
      expect(await as((tx) => tx.query("SELECT value FROM store_items"))).toEqual([
        { value: { whose: "theirs" } },
      ]);
    });
  });

  describe("a search", () => {
    it("goes by namespace and key, in the order of bytes, page by page", async () => {
      for (const key of ["b", "a", "Z", "é", "10", "9"]) await put(["n"], key);
      await put(["m"], "z");
      const order = ["m/z", "n/10", "n/9", "n/Z", "n/a", "n/b", "n/é"];
      expect(await places()).toEqual(order);
      expect(await places({ limit: 3 })).toEqual(order.slice(0, 3));
      expect(await places({ limit: 3, offset: 3 })).toEqual(order.slice(3, 6));
      expect(await places({ offset: 7 })).toEqual([]);
      expect(await places({ offset: Number.MAX_SAFE_INTEGER })).toEqual([]);
    });

    it("takes the items of a namespace and of all below it, of no neighbour", async () => {
      for (const namespace of [["a"], ["a", "b"], ["a", "b", "c"], ["ab"], ["a-b"], ["b", "a"], []])
        await put(namespace, "k");
      expect(await places({ prefix: ["a"] })).toEqual(["a/k", "a/b/k", "a/b/c/k"]);
      expect(await places({ prefix: ["a", "b"] })).toEqual(["a/b/k", "a/b/c/k"]);
      expect(await places({ prefix: ["a", "b", "c", "d"] })).toEqual([]);
      expect(await places()).toHaveLength(7);
    });

    it.each([
      ["a text", { kind: "note" }, ["1", "2"]],
      ["two fields", { kind: "note", n: 1 }, ["1"]],
      ["a number, however it is written", { n: 2.0 }, ["2"]],
      ["null, which is not absent", { gone: null }, ["2"]],
      ["a list, with nothing more in it", { tags: ["x"] }, ["1"]],
      ["a list in its order", { tags: ["y", "x"] }, []],
      ["an object, with nothing more in it", { by: { name: "ann" } }, ["1"]],
      ["an object, whatever the order of its fields", { by: { age: 3, name: "ann" } }, ["2"]],
      ["a field that no item has", { nothing: 1 }, []],
      ["no field", {}, ["1", "2", "3"]],
    ])("finds %s", async (_what, filter: JsonObject, found) => {
      await put([], "1", { kind: "note", n: 1, tags: ["x"], by: { name: "ann" } });
      await put([], "2", {
        kind: "note",
        n: 2,
        tags: ["x", "y"],
        gone: null,
        by: { name: "ann", age: 3 },
      });
      await put([], "3", { kind: "other", n: "1" });
      expect(await places({ filter })).toEqual(found);
    });

    it("counts limit and offset after the filter", async () => {
      for (const n of [0, 1, 2, 3, 4, 5]) await put([], String(n), { even: n % 2 === 0 });
      expect(await places({ filter: { even: true }, limit: 2 })).toEqual(["0", "2"]);
      expect(await places({ filter: { even: true }, limit: 2, offset: 2 })).toEqual(["4"]);
    });

    it("refuses a page of more than 16 MiB", async () => {
      const value = { text: "x".repeat(1_000_000) };
      for (let n = 0; n < 17; n += 1) await put(["large"], String(n), value);
      await expect(search()).rejects.toMatchObject({
        code: "invalid_request",
        errors: [{ pointer: "/limit" }],
      });
      expect(await search({ limit: 16 })).toHaveLength(16);
    });

    it("finds what it looks for by the primary key's index", async () => {
      const plan = async (condition: string) => {
        const rows = await asTenant(async (tx) => {
          await tx.query("SET LOCAL enable_seqscan = off");
          return tx.query<{ "QUERY PLAN": string }>(
            `EXPLAIN SELECT value FROM store_items WHERE tenant_id = '${tenantId}' AND ${condition}`,
          );
        });
        return rows.map((row) => row["QUERY PLAN"]).join("\n");
      };
      const tenant = `\\(tenant_id = '${tenantId}'::uuid\\)`;
      expect(await plan("namespace = 'a.' AND key = 'k'")).toMatch(
        new RegExp(`Index Cond: \\(${tenant} AND \\(namespace = 'a.'::text\\) AND \\(key = 'k'`),
      );
      expect(await plan("namespace >= 'a.' AND namespace < 'a/'")).toMatch(
        new RegExp(
          `Index Cond: \\(${tenant} AND \\(namespace >= 'a.'::text\\) AND \\(namespace < 'a/'`,
        ),
      );
    });
  });

  describe("namespaces", () => {
    const make = async () => {
      const all = [
        ["users", "1", "notes"],
        ["users", "2", "notes"],
        ["users", "2", "prefs"],
      ];
      for (const namespace of [...all, ["users"], ["user"], ["team", "notes"], ["footnotes"], []])
        for (const key of ["a", "b"]) await put(namespace, key);
    };

    it("are listed once each, in order, page by page", async () => {
      await make();
      const order = [
        "",
        "footnotes",
        "team/notes",
        "user",
        "users",
        "users/1/notes",
        "users/2/notes",
        "users/2/prefs",
      ];
      expect(await namespaces()).toEqual(order);
      expect(await namespaces({ limit: 3 })).toEqual(order.slice(0, 3));
      expect(await namespaces({ limit: 3, offset: 6 })).toEqual(order.slice(6));
    });

    it("are found by what they begin and end with", async () => {
      await make();
      expect(await namespaces({ prefix: ["users", "2"] })).toEqual([
        "users/2/notes",
        "users/2/prefs",
      ]);
      expect(await namespaces({ suffix: ["notes"] })).toEqual([
        "team/notes",
        "users/1/notes",
        "users/2/notes",
      ]);
      expect(await namespaces({ suffix: ["2", "prefs"] })).toEqual(["users/2/prefs"]);
      expect(await namespaces({ prefix: ["team"], suffix: ["notes"] })).toEqual(["team/notes"]);
      expect(await namespaces({ prefix: ["user"], suffix: ["user"] })).toEqual(["user"]);
    });

    it("are cut to a depth, once each, after they were found", async () => {
      await make();
      expect(await namespaces({ maxDepth: 1 })).toEqual(["", "footnotes", "team", "user", "users"]);
      expect(await namespaces({ maxDepth: 2, prefix: ["users"] })).toEqual([
        "users",
        "users/1",
        "users/2",
      ]);
      expect(await namespaces({ maxDepth: 2, suffix: ["notes"], offset: 1 })).toEqual([
        "users/1",
        "users/2",
      ]);
      expect(await namespaces({ maxDepth: Number.MAX_SAFE_INTEGER })).toHaveLength(8);
    });

    it("are gone with their last item", async () => {
      await put(["a"], "k");
      await asTenant((tx) => deleteItem(tx, { namespace: ["a"], key: "k" }));
      expect(await namespaces()).toEqual([]);
    });
  });
}
