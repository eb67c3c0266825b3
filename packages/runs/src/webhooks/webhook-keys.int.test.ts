import { migratedPostgres, onEachDatabase } from "@llamaagent/testing/each-database";
import { knownEnvelope } from "@llamaagent/testing/services/known-master-key";
import { uuidv7 } from "uuidv7";
import { beforeEach, describe, expect, inject, it } from "vitest";
import { createEnvelope, isSealed } from "@llamaagent/protection";
import { currentKeys, rotateKeys } from "./webhook-keys.ts";

const parts = { envelope: knownEnvelope, newId: uuidv7 };
const none = { envelope: createEnvelope([]), newId: uuidv7 };

onEachDatabase((database) => {
  let tenantId: string;
  beforeEach(() => {
    tenantId = uuidv7();
  });
  const current = (by = parts) => database().tenant(tenantId, (tx) => currentKeys(tx, by));
  const rotate = (by = parts) => database().tenant(tenantId, (tx) => rotateKeys(tx, by));
  const stored = () =>
    database().tenant(tenantId, (tx) =>
      tx.query<{ secret: string }>(`SELECT secret FROM webhook_keys WHERE tenant_id = $1`, [
        tenantId,
      ]),
    );

  it("makes the first key once", async () => {
    const [first, ...others] = await current();
    expect(first?.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(others).toEqual([]);
    expect(await current()).toEqual([first]);
  });

  it("has two after any number of rotations: the new one, and for a day the one before", async () => {
    const [leaked] = await current();
    const second = await rotate();
    expect((await current()).map(({ key_id: id }) => id)).toEqual([second.key_id, leaked?.key_id]);
    const third = await rotate();
    const [newest, before, ...others] = await current();
    expect(others).toEqual([]);
    expect(newest).toEqual(third);
    expect(newest).not.toHaveProperty("expires_at");
    expect(before?.key_id).toBe(second.key_id);
    const left = Date.parse(before?.expires_at ?? "") - Date.now();
    expect(Math.round(left / 3_600_000)).toBe(24);
    await database().system((tx) =>
      tx.query(`UPDATE webhook_keys SET expires_at = now() WHERE key_id = $1`, [second.key_id]),
    );
    expect(await current()).toEqual([third]);
  });

  it("of rotations at one instant makes no more than two either", async () => {
    await current();
    const answered = await Promise.all(Array.from({ length: 8 }, rotate));
    for (const key of answered) expect(key).not.toHaveProperty("expires_at");
    expect(await current()).toHaveLength(2);
  });

  it("leaves another tenant's keys alone", async () => {
    const [mine, own] = [tenantId, await current()];
    tenantId = uuidv7();
    await rotate();
    await rotate();
    tenantId = mine;
    expect(await current()).toEqual(own);
  });

  it("stores secrets sealed, each for its own row", async () => {
    await current();
    await rotate();
    const rows = await stored();
    expect(rows.map(({ secret }) => isSealed(secret))).toEqual([true, true]);
    await database().system((tx) =>
      tx.query(
        `UPDATE webhook_keys SET secret = (SELECT max(secret) FROM webhook_keys WHERE tenant_id = $1) WHERE tenant_id = $1`,
        [tenantId],
      ),
    );
    await expect(current()).rejects.toMatchObject({ code: "unreadable" });
  });

  it("makes none where there is no master key, and goes on with one that is there, plain", async () => {
    await expect(current(none)).rejects.toMatchObject({ code: "not_available" });
    await expect(rotate(none)).rejects.toMatchObject({ code: "not_available" });
    expect(await stored()).toEqual([]);
    await database().system((tx) =>
      tx.query(
        `INSERT INTO webhook_keys (tenant_id, key_id, secret) VALUES ($1, $2, 'whsec_old')`,
        [tenantId, uuidv7()],
      ),
    );
    expect(await current(none)).toMatchObject([{ secret: "whsec_old" }]);
    await expect(rotate(none)).rejects.toMatchObject({ code: "not_available" });
    expect(await current(none)).toMatchObject([{ secret: "whsec_old" }]);
  });
});

describe.runIf(inject("databaseUrl"))("rotations that overlap, on Postgres", () => {
  it("follow one another as they come to the keys, not as they began", async () => {
    const postgres = await migratedPostgres();
    const { database } = postgres;
    const tenantId = uuidv7();
    const [leaked] = await database.tenant(tenantId, (tx) => currentKeys(tx, parts));
    const begun = Promise.withResolvers<void>();
    const overtaken = Promise.withResolvers<void>();
    const late = database.tenant(tenantId, async (tx) => {
      await tx.query(`SELECT 1`);
      begun.resolve();
      await overtaken.promise;
      return rotateKeys(tx, parts);
    });
    await begun.promise;
    const early = await database.tenant(tenantId, (tx) => rotateKeys(tx, parts));
    overtaken.resolve();
    const newest = await late;
    const current = await database.tenant(tenantId, (tx) => currentKeys(tx, parts));
    expect(new Set([leaked, early, newest].map((key) => key?.secret)).size).toBe(3);
    expect(newest).not.toHaveProperty("expires_at");
    expect(current.map(({ secret }) => secret)).toEqual([newest.secret, early.secret]);
    expect(newest.created_at >= early.created_at).toBe(true);
    await postgres.drop();
  });
});
