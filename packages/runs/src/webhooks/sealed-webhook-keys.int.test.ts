import { createEnvelope, createMasterKey, rewrapAll } from "@llamaagent/protection";
import { onEachDatabase } from "@llamaagent/testing/each-database";
import { uuidv7 } from "uuidv7";
import { beforeEach, expect, it } from "vitest";
import { sealedWebhookKeys } from "./sealed-webhook-keys.ts";
import { currentKeys, rotateKeys, secretContext } from "./webhook-keys.ts";

const first = createMasterKey(1, Buffer.alloc(32, 1));
const second = createMasterKey(2, Buffer.alloc(32, 2));
const before = createEnvelope([first]);
const after = createEnvelope([second, first]);
const newest = createEnvelope([second]);
const none = { rewrapped: 0, sealed: 0, current: 0, changed: 0, unreadable: 0 };

onEachDatabase((database) => {
  beforeEach(async () => {
    await database().system((tx) => tx.query(`DELETE FROM webhook_keys`));
  });

  /** A tenant's key as the server makes it; its secret. */
  async function key(tenantId: string, envelope = before): Promise<string> {
    const parts = { envelope, newId: uuidv7 };
    const [made] = await database().tenant(tenantId, (tx) => currentKeys(tx, parts));
    return made?.secret ?? "";
  }

  it("all tenants' secrets are wrapped anew, and plain ones sealed", async () => {
    // More than two pages.
    const plain = Array.from({ length: 250 }, () => uuidv7());
    await database().system((tx) =>
      tx.query(
        `INSERT INTO webhook_keys (tenant_id, key_id, secret) SELECT t, t, 'whsec_of_' || t FROM unnest($1::uuid[]) AS t`,
        [plain],
      ),
    );
    const sealed = [uuidv7(), uuidv7()];
    const secrets = await Promise.all(sealed.map((tenantId) => key(tenantId)));
    const report = await rewrapAll(sealedWebhookKeys(database()), after);
    expect(report).toEqual({ ...none, rewrapped: 2, sealed: 250 });
    const rows = await database().system((tx) =>
      tx.query<{ tenant_id: string; key_id: string; secret: string }>(
        `SELECT tenant_id, key_id, secret FROM webhook_keys ORDER BY tenant_id`,
      ),
    );
    const opened = rows.map(({ tenant_id: tenantId, key_id: keyId, secret }) =>
      newest.open(secret, secretContext(tenantId, keyId)).toString(),
    );
    expect(opened).toEqual([...plain.map((tenantId) => `whsec_of_${tenantId}`), ...secrets]);
    const again = await rewrapAll(sealedWebhookKeys(database()), after);
    expect(again).toEqual({ ...none, current: 252 });
  });

  it("a key that is rotated between reading and writing is left alone", async () => {
    const tenants = [uuidv7(), uuidv7()];
    for (const tenantId of tenants) await key(tenantId);
    const rows = sealedWebhookKeys(database());
    const page = await rows.page(undefined);
    const [one] = page;
    if (one === undefined) throw new Error("there are two keys");
    const theirs = newest.seal("whsec_theirs", one.context);
    await database().system((tx) =>
      tx.query(`UPDATE webhook_keys SET secret = $2 WHERE key_id = $1`, [one.context.row, theirs]),
    );
    const changes = page.map(({ id, stored: from }) => ({ id, from, to: "changed" }));
    expect(await rows.replace(changes)).toBe(1);
    const stored = (await rows.page(undefined)).map((row) => row.stored);
    expect(stored).toEqual([theirs, "changed"]);
  });

  it("servers that rotate keys meanwhile lose none of them", async () => {
    const tenants = Array.from({ length: 20 }, () => uuidv7());
    for (const tenantId of tenants) await key(tenantId);
    const parts = { envelope: after, newId: uuidv7 };
    const rotating = tenants.map((tenantId) =>
      database().tenant(tenantId, (tx) => rotateKeys(tx, parts)),
    );
    await Promise.all([rewrapAll(sealedWebhookKeys(database()), after), ...rotating]);
    const last = await rewrapAll(sealedWebhookKeys(database()), after);
    expect(last).toMatchObject({ changed: 0, unreadable: 0 });
    const rotated = await Promise.all(rotating);
    const keys = await Promise.all(tenants.map((tenantId) => key(tenantId, newest)));
    expect(keys).toEqual(rotated.map(({ secret }) => secret));
  });

  it("a row says where its secret is sealed for", async () => {
    const tenantId = uuidv7();
    const secret = await key(tenantId);
    const [row] = await sealedWebhookKeys(database()).page(undefined);
    const [, keyId = ""] = row?.id.split("/") ?? [];
    expect(row?.context).toEqual(secretContext(tenantId, keyId));
    expect(before.open(row?.stored ?? "", secretContext(tenantId, keyId)).toString()).toBe(secret);
  });
});
