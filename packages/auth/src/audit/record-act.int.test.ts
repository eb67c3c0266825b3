import type { Principal } from "@llamaagent/core";
import { onEachDatabase } from "@llamaagent/testing/each-database";
import { uuidv7 } from "uuidv7";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bootstrapKey } from "../keys/bootstrap-key.ts";
import { createKey } from "../keys/create-key.ts";
import { listKeys } from "../keys/list-keys.ts";
import { createTenant } from "../tenants/create-tenant.ts";
import { createTenantKey } from "../tenants/create-tenant-key.ts";
import { findTenant } from "../tenants/list-tenants.ts";
import { updateTenant } from "../tenants/update-tenant.ts";
import { PLATFORM_CHAIN } from "./audit-record.ts";
import { listRecords } from "./list-records.ts";
import { type Act, type Actor, recordAct } from "./record-act.ts";

onEachDatabase((database) => {
  let tenantId: string;
  let admin: Actor;
  beforeEach(() => {
    tenantId = uuidv7();
    const origin = { requestId: "r-1", address: "203.0.113.7", route: "POST /keys" };
    admin = { tenantId, subject: "chief", roles: ["admin"], scopes: [], origin };
  });

  const newest = (chain: string, limit = 10) =>
    database().tenant(chain, (tx) => listRecords(tx, { order: "desc", limit }));
  const newKey = () => {
    const keyId = uuidv7();
    const roles = ["viewer" as const];
    return { keyId, name: "k", subject: `key:${keyId}`, roles, scopes: [] };
  };
  const create = (act: Act = { action: "keys.create" }) =>
    database().tenant(tenantId, async (tx) => {
      const key = await createKey(tx, admin, newKey());
      await recordAct(tx, admin, act);
      return key;
    });
  const keys = () => database().tenant(tenantId, (tx) => listKeys(tx, { limit: 10 }));

  describe("an act and its record", () => {
    /** The database refuses them in the place that the name says. */
    const refuse = (name: string, timing: string) =>
      database().owner((tx) =>
        tx.script(
          `CREATE FUNCTION refuse_in_test() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'refused ${name}'; END $$;
           CREATE CONSTRAINT TRIGGER refuse_in_test AFTER INSERT ON audit_records ${timing}
           FOR EACH ROW EXECUTE FUNCTION refuse_in_test()`,
        ),
      );
    afterEach(() =>
      database().owner((tx) => tx.script("DROP FUNCTION IF EXISTS refuse_in_test CASCADE")),
    );

    it("are there together, with who, where and what", async () => {
      const key = await create({
        action: "keys.create",
        target: { type: "key", id: "some" },
        detail: { name: "k" },
      });
      expect(await keys()).toMatchObject([{ key_id: key.key_id }]);
      expect(await newest(tenantId)).toMatchObject([
        {
          action: "keys.create",
          outcome: "done",
          subject: "chief",
          authenticated_by: "loopback",
          target_type: "key",
          target_id: "some",
          address: "203.0.113.7",
          request_id: "r-1",
          route: "POST /keys",
          count: 1,
          detail: { name: "k" },
        },
      ]);
    });

    it.each([
      ["when it is written", ""],
      ["when it is committed", "DEFERRABLE INITIALLY DEFERRED"],
    ])("are not there by halves where the record fails %s", async (name, timing) => {
      await refuse(name, timing);
      await expect(create()).rejects.toThrow(`refused ${name}`);
      expect(await keys()).toEqual([]);
      expect(await newest(tenantId)).toEqual([]);
    });

    it("are not there by halves where the act fails", async () => {
      const failing = database().tenant(tenantId, async (tx) => {
        await createKey(tx, admin, newKey());
        throw new Error("no agent");
      });
      await expect(failing).rejects.toThrow("no agent");
      expect([await keys(), await newest(tenantId)]).toEqual([[], []]);
    });

    it("are there together for tenants, too", async () => {
      await refuse("tenants", "DEFERRABLE INITIALLY DEFERRED");
      const id = uuidv7();
      const creating = createTenant(database(), admin, {
        tenantId: id,
        keyId: uuidv7(),
        name: `tenant ${id}`,
        furnish: async () => undefined,
      });
      await expect(creating).rejects.toThrow("refused tenants");
      await expect(findTenant(database(), id)).rejects.toMatchObject({ code: "not_found" });
      expect(await newest(id)).toEqual([]);
    });
  });

  it.each<[string, Partial<Principal>]>([
    ["key", { keyId: "00000000-0000-7000-8000-00000000000b" }],
    ["token", { keyId: "00000000-0000-7000-8000-00000000000b", expiresAtMs: 1 }],
    ["issuer", { expiresAtMs: 1 }],
    ["loopback", {}],
  ])("tells of who came with a credential that it was: %s", async (by, fields) => {
    await database().tenant(tenantId, (tx) =>
      recordAct(tx, { ...admin, ...fields }, { action: "keys.revoke" }),
    );
    const [told] = await newest(tenantId);
    expect([told?.authenticated_by, told?.key_id]).toEqual([by, fields.keyId]);
  });

  it("tells the platform who acted on a tenant, and the tenant that the platform did", async () => {
    const id = uuidv7();
    const name = `tenant ${id}`;
    const furnish = async () => undefined;
    const made = await createTenant(database(), admin, {
      tenantId: id,
      keyId: uuidv7(),
      name,
      furnish,
    });
    const spare = await createTenantKey(database(), admin, { tenantId: id, ...newKey() });
    await updateTenant(database(), admin, id, { suspended: true });
    const own = await newest(id);
    expect(own.map(({ seq, action, subject }) => [seq, action, subject])).toEqual([
      [3, "tenants.update", "platform"],
      [2, "tenants.create_key", "platform"],
      [1, "tenants.create", "platform"],
    ]);
    expect(own[1]).toMatchObject({ target_type: "key", target_id: spare.key_id });
    for (const record of own) {
      expect(record).not.toHaveProperty("address");
      expect(record).not.toHaveProperty("key_id");
    }
    const [suspended, ...earlier] = await newest(PLATFORM_CHAIN, 3);
    expect(suspended).toMatchObject({
      action: "tenants.update",
      subject: "chief",
      address: "203.0.113.7",
      target_id: id,
      detail: { suspended: true },
    });
    expect(earlier.map(({ action }) => action)).toEqual(["tenants.create_key", "tenants.create"]);
    const [row] = await database().system((tx) =>
      tx.query<{ text: string }>(
        "SELECT string_agg(it::text, ' ') AS text FROM audit_records AS it",
      ),
    );
    for (const { key } of [made.admin_key, spare]) expect(row?.text).not.toContain(key.slice(36));
  });

  it("tells of no act on a tenant that was refused", async () => {
    const [before] = await newest(PLATFORM_CHAIN, 1);
    const none = updateTenant(database(), admin, uuidv7(), { name: "none" });
    await expect(none).rejects.toMatchObject({ code: "not_found" });
    const own = updateTenant(database(), admin, tenantId, { suspended: true });
    await expect(own).rejects.toMatchObject({ code: "conflict" });
    expect((await newest(PLATFORM_CHAIN, 1))[0]).toEqual(before);
  });

  it("tells of the first key, which the command line makes", async () => {
    const key = await bootstrapKey(database(), { tenantId, keyId: uuidv7() });
    const [told] = await newest(tenantId);
    expect(told).toMatchObject({
      action: "keys.bootstrap",
      subject: "cli",
      authenticated_by: "database",
      target_id: key.key_id,
    });
    expect(JSON.stringify(told)).not.toContain(key.key.slice(36));
  });
});
