import { migratedPostgres, onEachDatabase } from "@llamaagent/testing/each-database";
import { uuidv7 } from "uuidv7";
import { beforeEach, describe, expect, inject, it } from "vitest";
import { currentKeys, newWebhookKey, rotateKeys } from "./webhook-keys.ts";

onEachDatabase((database) => {
  let tenantId: string;
  beforeEach(() => {
    tenantId = uuidv7();
  });
  const current = () =>
    database().tenant(tenantId, (tx) => currentKeys(tx, () => newWebhookKey(uuidv7)));
  const rotate = () => database().tenant(tenantId, (tx) => rotateKeys(tx, newWebhookKey(uuidv7)));

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
    const mine = await current();
    tenantId = uuidv7();
    await rotate();
    await rotate();
    const stored = await database().system((tx) =>
      tx.query(`SELECT secret FROM webhook_keys WHERE key_id = $1`, [mine[0]?.key_id]),
    );
    expect(stored).toEqual([{ secret: mine[0]?.secret }]);
  });
});

describe.runIf(inject("databaseUrl"))("rotations that overlap, on Postgres", () => {
  it("follow one another as they come to the keys, not as they began", async () => {
    const postgres = await migratedPostgres();
    const { database } = postgres;
    const tenantId = uuidv7();
    const [leaked] = await database.tenant(tenantId, (tx) =>
      currentKeys(tx, () => newWebhookKey(uuidv7)),
    );
    const begun = Promise.withResolvers<void>();
    const overtaken = Promise.withResolvers<void>();
    const late = database.tenant(tenantId, async (tx) => {
      await tx.query(`SELECT 1`);
      begun.resolve();
      await overtaken.promise;
      return rotateKeys(tx, newWebhookKey(uuidv7));
    });
    await begun.promise;
    const early = await database.tenant(tenantId, (tx) => rotateKeys(tx, newWebhookKey(uuidv7)));
    overtaken.resolve();
    const newest = await late;
    const current = await database.tenant(tenantId, (tx) =>
      currentKeys(tx, () => newWebhookKey(uuidv7)),
    );
    expect(new Set([leaked, early, newest].map((key) => key?.secret)).size).toBe(3);
    expect(newest).not.toHaveProperty("expires_at");
    expect(current.map(({ secret }) => secret)).toEqual([newest.secret, early.secret]);
    expect(newest.created_at >= early.created_at).toBe(true);
    await postgres.drop();
  });
});
