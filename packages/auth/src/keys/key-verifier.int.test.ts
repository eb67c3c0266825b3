import { type Principal, TENANT_LIMITS } from "@llamaagent/core";
import type { Database } from "@llamaagent/db";
import { onEachDatabase } from "@llamaagent/testing/each-database";
import { uuidv7 } from "uuidv7";
import { beforeEach, describe, expect, it } from "vitest";
import { bootstrapKey, hasAdminKey } from "./bootstrap-key.ts";
import { createKey } from "./create-key.ts";
import { createKeyVerifier, type KeyVerifier } from "./key-verifier.ts";
import { findKey, listKeys } from "./list-keys.ts";
import { revokeKey } from "./revoke-key.ts";
import { rotateKey } from "./rotate-key.ts";

onEachDatabase((database) => {
  let tenantId: string;
  let admin: Principal;
  let now: number;
  let queries: number;
  let keys: KeyVerifier;
  beforeEach(async () => {
    tenantId = uuidv7();
    await database().system((tx) =>
      tx.query(`INSERT INTO tenants (tenant_id, name, created_by) VALUES ($1, $2, 'test')`, [
        tenantId,
        `test ${tenantId}`,
      ]),
    );
    admin = { tenantId, subject: "chief", roles: ["admin"], scopes: [] };
    [now, queries] = [0, 0];
    const db: Database = {
      ...database(),
      system: (work) => ((queries += 1), database().system(work)),
    };
    const onError = (error: unknown): void => expect.fail(String(error));
    keys = createKeyVerifier({
      db,
      clock: { now: () => new Date(), monotonicMs: () => now },
      onError,
    });
  });

  const create = (fields: Partial<Parameters<typeof createKey>[2]> = {}, creator = admin) => {
    const keyId = uuidv7();
    const key = {
      keyId,
      name: "k",
      subject: `key:${keyId}`,
      roles: ["viewer" as const],
      scopes: [],
    };
    return database().tenant(tenantId, (tx) => createKey(tx, creator, { ...key, ...fields }));
  };
  const revoke = (keyId: string) => database().tenant(tenantId, (tx) => revokeKey(tx, keyId));
  const unauthorized = expect.objectContaining({ code: "unauthorized" });

  describe("a key", () => {
    it("speaks for its subject, with its roles and scopes, in its tenant", async () => {
      const { key, key_id } = await create({ subject: "billing", scopes: ["runs:read"] });
      expect(await keys.verify(key)).toEqual({
        tenantId,
        subject: "billing",
        roles: ["viewer"],
        scopes: ["runs:read"],
        keyId: key_id,
        limits: TENANT_LIMITS,
      });
    });

    it("is nothing without its secret, or with another key's", async () => {
      const [one, other] = [await create(), await create()];
      const [, id] = one.key.split("_");
      const swapped = other.key.replace(/^la_[^_]+/, `la_${id}`);
      const unknown = one.key.replace(/^la_[^_]+/, `la_${uuidv7().replaceAll("-", "")}`);
      for (const text of [swapped, unknown, one.key.slice(0, -1), "", "la__", one.key_id])
        await expect(keys.verify(text)).rejects.toEqual(unauthorized);
      expect(await keys.verify(one.key)).toMatchObject({ keyId: one.key_id });
    });

    it("is stored without its secret", async () => {
      const { key, key_id } = await create();
      const [row] = await database().system((tx) =>
        tx.query<object>("SELECT api_keys::text AS text FROM api_keys WHERE key_id = $1", [key_id]),
      );
      const secret = key.split("_").slice(2).join("_");
      expect(JSON.stringify(row)).not.toContain(secret);
      expect(JSON.stringify(row)).not.toContain(Buffer.from(secret).toString("hex"));
    });

    it("is read once for all requests of 3 s, and no longer taken then where it was revoked", async () => {
      const { key, key_id } = await create();
      const first = await Promise.all(Array.from({ length: 20 }, () => keys.verify(key)));
      expect(first).toHaveLength(20);
      // Its row, and when it was used.
      await expect.poll(() => queries).toBe(2);
      await revoke(key_id);
      now = 2_999;
      await keys.verify(key);
      expect(await keys.ended([key_id])).toEqual([]);
      now = 3_000;
      await expect(keys.verify(key)).rejects.toEqual(unauthorized);
      expect(await keys.ended([key_id, uuidv7()])).toHaveLength(2);
      expect(queries).toBe(4);
    });

    it("ends by itself at its time", async () => {
      const { key, key_id } = await create({ expiresInSeconds: 3_600 });
      await keys.verify(key);
      await database().system((tx) =>
        tx.query(`UPDATE api_keys SET expires_at = now() WHERE key_id = $1`, [key_id]),
      );
      now = 3_000;
      await expect(keys.verify(key)).rejects.toEqual(unauthorized);
    });

    it("notes when it was used, once a minute, and not for a wrong secret", async () => {
      const { key, key_id } = await create();
      const last = async () =>
        (await database().tenant(tenantId, (tx) => findKey(tx, key_id))).last_used_at;
      await keys
        .verify(`${key.slice(0, -1)}${key.endsWith("A") ? "B" : "A"}`)
        .catch(() => undefined);
      expect(await last()).toBeUndefined();
      await keys.verify(key);
      await expect.poll(last).toBeDefined();
      const noted = await last();
      now = 3_000;
      await keys.verify(key);
      expect(await last()).toBe(noted);
    });

    it("is no other tenant's to see, revoke or rotate", async () => {
      const { key, key_id } = await create();
      const theirs = uuidv7();
      const as = database().tenant.bind(database(), theirs);
      const notFound = expect.objectContaining({ code: "not_found" });
      const rotation = { keyId: key_id, newKeyId: uuidv7(), overlapSeconds: 0 };
      expect(await as((tx) => listKeys(tx, { limit: 10 }))).toEqual([]);
      await expect(as((tx) => findKey(tx, key_id))).rejects.toEqual(notFound);
      await expect(as((tx) => revokeKey(tx, key_id))).rejects.toEqual(notFound);
      await expect(as((tx) => rotateKey(tx, admin, rotation))).rejects.toEqual(notFound);
      expect(await keys.verify(key)).toMatchObject({ tenantId });
      // Nor where a query forgets whose it asks for.
      expect(await as((tx) => tx.query("SELECT key_id FROM api_keys"))).toEqual([]);
      const taken = as((tx) => tx.query("UPDATE api_keys SET tenant_id = $1", [theirs]));
      await expect(taken).rejects.toThrow("permission denied");
    });

    it("is not waited for longer than 2 s where the database does not answer", async () => {
      const stuck: Database = { ...database(), system: () => new Promise(() => undefined) };
      const clock = { now: () => new Date(), monotonicMs: () => now };
      const waiting = createKeyVerifier({ db: stuck, clock, onError: () => undefined });
      const away = expect.objectContaining({ code: "service_unavailable" });
      const { key } = await create();
      await expect(waiting.verify(key)).rejects.toEqual(away);
    });
  });

  describe("who makes a key", () => {
    const forbidden = expect.objectContaining({ code: "forbidden" });

    it("gives no more than it has", async () => {
      const narrow: Principal = { ...admin, scopes: ["keys:write", "runs:read"] };
      await expect(create({ roles: ["viewer"] }, narrow)).rejects.toEqual(forbidden);
      const scoped = await create({ roles: ["admin"], scopes: ["runs:read"] }, narrow);
      expect(scoped).toMatchObject({ created_by: "chief", scopes: ["runs:read"] });
      const operator: Principal = { ...admin, roles: ["operator"] };
      await expect(create({ roles: ["developer"] }, operator)).rejects.toEqual(forbidden);
      await create({ roles: ["operator"] }, operator);
    });

    it("makes none that could do nothing", async () => {
      const empty = create({ roles: ["viewer"], scopes: ["keys:write"] });
      await expect(empty).rejects.toMatchObject({ code: "invalid_request" });
    });

    it("makes none that outlasts its own key, and none once that is revoked", async () => {
      const own = await create({ roles: ["admin"], expiresInSeconds: 600 });
      const by = await keys.verify(own.key);
      const { key_id: made, ...fields } = await create({ expiresInSeconds: 86_400 }, by);
      expect(fields).toMatchObject({ expires_at: own.expires_at, created_by_key: own.key_id });
      const endless = await create({}, by);
      expect(endless.expires_at).toBe(own.expires_at);
      await revoke(own.key_id);
      await expect(create({}, by)).rejects.toEqual(unauthorized);
      const rotation = { keyId: made, newKeyId: uuidv7(), overlapSeconds: 0 };
      const rotating = database().tenant(tenantId, (tx) => rotateKey(tx, by, rotation));
      await expect(rotating).rejects.toEqual(unauthorized);
    });

    it("does not come to a wider key by rotating one", async () => {
      const narrow: Principal = { ...admin, scopes: ["keys:write"] };
      const { key_id } = await create({ roles: ["admin"] });
      const rotation = { keyId: key_id, newKeyId: uuidv7(), overlapSeconds: 0 };
      const rotating = database().tenant(tenantId, (tx) => rotateKey(tx, narrow, rotation));
      await expect(rotating).rejects.toEqual(forbidden);
      expect((await database().tenant(tenantId, (tx) => findKey(tx, key_id))).expires_at).toBe(
        undefined,
      );
    });
  });

  describe("a rotation", () => {
    const rotate = (keyId: string, overlapSeconds: number) =>
      database().tenant(tenantId, (tx) =>
        rotateKey(tx, admin, { keyId, newKeyId: uuidv7(), overlapSeconds }),
      );

    it("makes a key for the same subject; the old one holds as long as was said", async () => {
      const old = await create({ subject: "billing", scopes: ["runs:read"] });
      const fresh = await rotate(old.key_id, 60);
      const same = { name: "k", subject: "billing", roles: ["viewer"], scopes: ["runs:read"] };
      expect(fresh).toMatchObject({ ...same, created_by: "chief" });
      expect(fresh.expires_at).toBeUndefined();
      for (const { key } of [old, fresh])
        expect(await keys.verify(key)).toMatchObject({ subject: "billing" });
      const again = await rotate(fresh.key_id, 0);
      now = 3_000;
      await expect(keys.verify(fresh.key)).rejects.toEqual(unauthorized);
      expect(await keys.verify(again.key)).toMatchObject({ subject: "billing" });
    });

    it("keeps the lifetime, and ends no key later than it would", async () => {
      const old = await create({ expiresInSeconds: 600 });
      const fresh = await rotate(old.key_id, 86_400);
      const find = (id: string) => database().tenant(tenantId, (tx) => findKey(tx, id));
      expect((await find(old.key_id)).expires_at).toBe(old.expires_at);
      const lifetime = Date.parse(fresh.expires_at ?? "") - Date.parse(fresh.created_at);
      expect(lifetime).toBe(600_000);
    });

    it("comes once in the place of a key, also where two are asked for at once", async () => {
      const { key_id } = await create();
      const both = await Promise.allSettled([rotate(key_id, 60), rotate(key_id, 60)]);
      const fresh = both.find((one) => one.status === "fulfilled")?.value;
      const refused = both.find((one) => one.status === "rejected");
      expect(fresh).toMatchObject({ replaces: key_id });
      expect(refused?.reason).toMatchObject({
        code: "conflict",
        message: expect.stringContaining(fresh?.key_id ?? ""),
      });
      // The successor's life is its own, and not the overlap.
      expect(await rotate(fresh?.key_id ?? "", 60)).not.toHaveProperty("expires_at");
    });

    it("is refused of a key that has ended", async () => {
      const { key_id } = await create();
      await revoke(key_id);
      await expect(rotate(key_id, 60)).rejects.toMatchObject({ code: "conflict" });
    });
  });

  it("lists keys newest first, page by page", async () => {
    const made = [await create(), await create(), await create()].map((key) => key.key_id);
    const list = (page: { before?: string; limit: number }) =>
      database().tenant(tenantId, async (tx) => (await listKeys(tx, page)).map((k) => k.key_id));
    expect(await list({ limit: 2 })).toEqual(made.toReversed().slice(0, 2));
    expect(await list({ limit: 2, before: made[1] ?? "" })).toEqual(made.slice(0, 1));
  });

  it("makes one first admin key, and another where none holds any more", async () => {
    const boot = () => bootstrapKey(database(), { tenantId, keyId: uuidv7() });
    expect(await hasAdminKey(database(), tenantId)).toBe(false);
    const outcomes = await Promise.allSettled([boot(), boot(), boot()]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual([
      "fulfilled",
      "rejected",
      "rejected",
    ]);
    const first = outcomes.find((outcome) => outcome.status === "fulfilled")?.value;
    expect(await keys.verify(first?.key ?? "")).toMatchObject({
      tenantId,
      roles: ["admin", "platform_admin"],
    });
    await create({ roles: ["admin"], scopes: ["runs:read"] });
    await revoke(first?.key_id ?? "");
    expect(await hasAdminKey(database(), tenantId)).toBe(false);
    expect(await boot()).toMatchObject({ roles: ["admin", "platform_admin"], name: "bootstrap" });
  });
});
