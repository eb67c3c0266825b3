import { type Principal, TENANT_LIMITS } from "@llamaagent/core";
import { onEachDatabase } from "@llamaagent/testing/each-database";
import { uuidv7 } from "uuidv7";
import { beforeEach, describe, expect, it } from "vitest";
import { createKeyVerifier, type KeyVerifier } from "../keys/key-verifier.ts";
import { revokeKey } from "../keys/revoke-key.ts";
import { createTenant } from "./create-tenant.ts";
import { createTenantKey } from "./create-tenant-key.ts";
import { createOpenTenants } from "./open-tenants.ts";
import { findTenant, listTenants } from "./list-tenants.ts";
import { updateTenant } from "./update-tenant.ts";

onEachDatabase((database) => {
  const chief: Principal = {
    tenantId: uuidv7(),
    subject: "chief",
    roles: ["platform_admin"],
    scopes: [],
  };
  let keys: KeyVerifier;
  let now = 0;
  let name: string;
  beforeEach(() => {
    name = `tenant ${uuidv7()}`;
    const clock = { now: () => new Date(), monotonicMs: () => now };
    keys = createKeyVerifier({ db: database(), clock, onError: () => undefined });
  });

  const create = (fields: Partial<Parameters<typeof createTenant>[2]> = {}, by = chief) =>
    createTenant(database(), by, {
      tenantId: uuidv7(),
      keyId: uuidv7(),
      name,
      furnish: async () => undefined,
      ...fields,
    });
  const viewer = () => {
    const keyId = uuidv7();
    return { keyId, name: "k", subject: `key:${keyId}`, roles: ["viewer" as const], scopes: [] };
  };
  const past = (ms: number) => void (now += ms);

  describe("a tenant", () => {
    it("comes with an admin's key, and is found", async () => {
      const { admin_key: key, ...tenant } = await create();
      const { tenant_id: tenantId } = tenant;
      expect(await keys.verify(key.key)).toMatchObject({ tenantId, roles: ["admin"], scopes: [] });
      expect(await findTenant(database(), tenantId)).toEqual(tenant);
      const [newest] = await listTenants(database(), { limit: 1 });
      expect(newest).toEqual(tenant);
      const older = await listTenants(database(), { before: tenantId, limit: 100 });
      expect(older).not.toContainEqual(tenant);
    });

    it("is not there by halves: what fails with it takes it back", async () => {
      const tenantId = uuidv7();
      const furnish = () => Promise.reject(new Error("no agent"));
      await expect(create({ tenantId, furnish })).rejects.toThrow("no agent");
      await expect(findTenant(database(), tenantId)).rejects.toMatchObject({ code: "not_found" });
      expect(await create()).toHaveProperty("admin_key");
    });

    it("has a name of its own, also after a change", async () => {
      const { tenant_id: one } = await create();
      await expect(create()).rejects.toMatchObject({ code: "conflict" });
      const other = await create({ name: `${name}!` });
      const rename = (to: string) => updateTenant(database(), chief, other.tenant_id, { name: to });
      await expect(rename(name)).rejects.toMatchObject({ code: "conflict" });
      expect(await rename(`${name}?`)).toMatchObject({ name: `${name}?` });
      expect(await findTenant(database(), one)).toMatchObject({ name });
    });

    it("is refused while it is suspended, and its key is not lost", async () => {
      const { tenant_id: tenantId, admin_key: key } = await create();
      const suspend = (suspended: boolean) =>
        updateTenant(database(), chief, tenantId, { suspended });
      expect(await keys.ended([key.key_id])).toEqual([]);
      const { suspended_at: at } = await suspend(true);
      expect(await suspend(true)).toMatchObject({ suspended_at: at });
      past(3_000);
      await expect(keys.verify(key.key)).rejects.toMatchObject({ code: "forbidden" });
      expect(await keys.ended([key.key_id])).toEqual([key.key_id]);
      // Whoever has not the key learns nothing.
      const forged = key.key.replace(/.$/, (last) => (last === "A" ? "B" : "A"));
      await expect(keys.verify(forged)).rejects.toMatchObject({ code: "unauthorized" });
      expect(await suspend(false)).not.toHaveProperty("suspended_at");
      past(3_000);
      expect(await keys.verify(key.key)).toMatchObject({ tenantId });
    });

    it("has limits of its own where they are set, and its callers come with them", async () => {
      const { tenant_id: tenantId, admin_key: key, limits } = await create();
      expect(limits).toEqual(TENANT_LIMITS);
      const limit = (changes: Parameters<typeof updateTenant>[3]["limits"]) =>
        updateTenant(database(), chief, tenantId, { limits: changes });
      await limit({ open_runs: 3, agents: 0 });
      const set = { ...TENANT_LIMITS, open_runs: 3, agents: 0 };
      expect((await findTenant(database(), tenantId)).limits).toEqual(set);
      expect(await keys.verify(key.key)).toMatchObject({ limits: set });
      // One is changed, one goes back to what others have, the rest stays.
      expect(await limit({ open_runs: null, body_bytes: 2048 })).toMatchObject({
        limits: { ...TENANT_LIMITS, agents: 0, body_bytes: 2048 },
      });
      expect(await updateTenant(database(), chief, tenantId, {})).toMatchObject({
        limits: { agents: 0 },
      });
    });

    it("is not suspended by one of its own", async () => {
      const { tenant_id: tenantId } = await create();
      const own = { ...chief, tenantId };
      const suspending = updateTenant(database(), own, tenantId, { suspended: true });
      await expect(suspending).rejects.toMatchObject({ code: "conflict" });
      expect(await findTenant(database(), tenantId)).not.toHaveProperty("suspended_at");
    });

    it("is not made with a key that has ended", async () => {
      const { tenant_id: tenantId, admin_key: key } = await create();
      await database().tenant(tenantId, (tx) => revokeKey(tx, key.key_id));
      const ended = { ...chief, tenantId, keyId: key.key_id };
      const creating = create({ name: `${name}!` }, ended);
      await expect(creating).rejects.toMatchObject({ code: "unauthorized" });
    });
  });

  describe("a key for a tenant", () => {
    it("is made by the platform's admin, and is the tenant's", async () => {
      const { tenant_id: tenantId } = await create();
      const made = await createTenantKey(database(), chief, { tenantId, ...viewer() });
      expect(made).toMatchObject({ created_by: "platform" });
      expect(made).not.toHaveProperty("created_by_key");
      expect(await keys.verify(made.key)).toMatchObject({ tenantId, roles: ["viewer"] });
    });

    it("is none of the maker's own tenant, whose admins make those", async () => {
      const own = createTenantKey(database(), chief, { tenantId: chief.tenantId, ...viewer() });
      await expect(own).rejects.toMatchObject({ code: "conflict" });
    });

    it("is none of a tenant that is not there, and none that looks after tenants", async () => {
      const { tenant_id: tenantId } = await create();
      const nobodys = createTenantKey(database(), chief, { tenantId: uuidv7(), ...viewer() });
      await expect(nobodys).rejects.toMatchObject({ code: "not_found" });
      const wide = { tenantId, ...viewer(), roles: ["platform_admin" as const] };
      const widened = createTenantKey(database(), chief, wide);
      await expect(widened).rejects.toMatchObject({ code: "forbidden" });
    });
  });

  it("lets nobody in who comes with a token of an issuer while it is suspended", async () => {
    const clock = { now: () => new Date(), monotonicMs: () => now };
    const tenants = createOpenTenants({ db: database(), clock });
    const { tenant_id: tenantId } = await create();
    const absent = uuidv7();
    await tenants.limitsOf(tenantId);
    await expect(tenants.limitsOf(absent)).rejects.toMatchObject({ code: "unauthorized" });
    expect(await tenants.closed([tenantId, absent])).toEqual([absent]);
    await updateTenant(database(), chief, tenantId, { suspended: true });
    past(3_000);
    await expect(tenants.limitsOf(tenantId)).rejects.toMatchObject({ code: "forbidden" });
    expect(await tenants.closed([tenantId, absent])).toEqual([tenantId, absent]);
  });

  it("is not looked up by its key alone: one of no tenant does not hold", async () => {
    const { tenant_id: tenantId } = await create();
    const { key } = await createTenantKey(database(), chief, { tenantId, ...viewer() });
    await database().owner((tx) =>
      tx.query("DELETE FROM tenants WHERE tenant_id = $1", [tenantId]),
    );
    await expect(keys.verify(key)).rejects.toMatchObject({ code: "unauthorized" });
  });
});
