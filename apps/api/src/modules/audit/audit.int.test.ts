import { type AuditRecord, listRecords, PLATFORM_CHAIN } from "@llamaagent/auth";
import { DEFAULT_TENANT_ID } from "@llamaagent/core";
import { send, sendJson } from "@llamaagent/testing/api/send";
import { type TestApi, topologies } from "@llamaagent/testing/api/topologies";
import { KNOWN_KEY } from "@llamaagent/testing/services/known-key";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const admin = { "x-api-key": KNOWN_KEY };
interface Created {
  key: string;
  key_id: string;
}
type Headers = Readonly<Record<string, string>>;
const as = ({ key }: Created): Headers => ({ "x-api-key": key });

describe.each(topologies)("the audit log, $name", ({ isThere, start }) => {
  let api: TestApi;
  beforeAll(async () => {
    if (isThere) api = await start({ asksForKeys: true });
  });
  afterAll(() => api?.close());

  async function made(path: string, body: object, by: Headers): Promise<unknown> {
    const { status, json, text } = await sendJson(api.url, "POST", path, body, by);
    expect(status, text).toBe(201);
    return json;
  }
  const create = async (roles: string[], by: Headers = admin): Promise<Created> =>
    (await made("/keys", { name: "k", roles }, by)) as Created;
  const tenant = async (name: string) => {
    const { tenant_id: id, admin_key: key } = (await made("/tenants", { name }, admin)) as {
      tenant_id: string;
      admin_key: Created;
    };
    return { id, key };
  };
  const ask = (headers: Headers, path = "/audit") => send(api.url, { path, headers });
  const list = async (headers: Headers, path?: string) =>
    (await ask(headers, path)).json as { items: AuditRecord[]; next_cursor?: string };
  /** Written within a second or so. */
  async function refused(chain: string, fields: Partial<AuditRecord>): Promise<void> {
    const query = { order: "desc" as const, outcome: "refused" as const, limit: 100 };
    const read = () => api.context.db.tenant(chain, (tx) => listRecords(tx, query));
    await expect
      .poll(read, { timeout: 10_000 })
      .toEqual(expect.arrayContaining([expect.objectContaining(fields)]));
  }

  describe.runIf(isThere)("of who was refused", () => {
    it.each<[string, Headers, object]>([
      ["no credential", {}, { credential: "none" }],
      ["a wrong key", { "x-api-key": `${KNOWN_KEY.slice(0, -1)}A` }, { credential: "not taken" }],
      ["no key at all", { authorization: "Bearer \u00e9" }, { credential: "not taken" }],
    ])("tells the platform of %s", async (_what, headers, detail) => {
      expect((await ask(headers, "/keys?limit=3")).status).toBe(401);
      await refused(PLATFORM_CHAIN, {
        action: "access",
        code: "unauthorized",
        status: 401,
        route: "GET /keys",
        address: "127.0.0.1",
        detail: expect.objectContaining(detail),
      });
    });

    it("tells the tenant of what a role does not allow, by the act's name", async () => {
      const viewer = await create(["viewer"]);
      const body = { name: "more", roles: ["admin"] };
      const sent = await sendJson(api.url, "POST", "/keys", body, as(viewer));
      expect(sent.status).toBe(403);
      await refused(DEFAULT_TENANT_ID, {
        action: "keys.create",
        code: "forbidden",
        status: 403,
        subject: `key:${viewer.key_id}`,
        authenticated_by: "key",
        key_id: viewer.key_id,
        request_id: String(sent.headers["x-request-id"]),
      });
    });

    it("tells it of a role that may, and would give more than it has", async () => {
      const other = await create(["admin"]);
      const body = { name: "more", roles: ["platform_admin"] };
      expect((await sendJson(api.url, "POST", "/keys", body, as(other))).status).toBe(403);
      await refused(DEFAULT_TENANT_ID, { action: "keys.create", key_id: other.key_id });
    });

    it("tells it of a key that was revoked and is still used", async () => {
      const gone = await create(["viewer"]);
      await send(api.url, { method: "DELETE", path: `/keys/${gone.key_id}`, headers: admin });
      const { status } = await ask(as(gone), "/me");
      expect(status).toBe(401);
      await refused(DEFAULT_TENANT_ID, { code: "unauthorized", key_id: gone.key_id });
    });

    it("tells a suspended tenant of its callers", async () => {
      const { id, key } = await tenant("suspended");
      const change = { suspended: true };
      await sendJson(api.url, "PATCH", `/tenants/${id}`, change, admin);
      expect((await ask(as(key), "/me")).status).toBe(403);
      await refused(id, { code: "forbidden", key_id: key.key_id, route: "GET /me" });
    });

    it("tells of where there is no route, without what was asked for", async () => {
      expect((await ask({}, "/%0aadmin/%1b[2J")).status).toBe(401);
      await refused(PLATFORM_CHAIN, { route: "none" });
    });
  });

  describe.runIf(isThere)("as it is read", () => {
    it("shows an admin the tenant's own chain, and nobody else", async () => {
      const { id, key } = await tenant("readers");
      await create(["viewer"], as(key));
      const { items } = await list(as(key));
      expect(items.map(({ seq, action, subject }) => [seq, action, subject])).toEqual([
        [2, "keys.create", `key:${key.key_id}`],
        [1, "tenants.create", "platform"],
      ]);
      expect(new Set(items.map((record) => record.tenant_id))).toEqual(new Set([id]));
      for (const role of ["viewer", "operator", "developer"])
        expect((await ask(as(await create([role], as(key))))).status).toBe(403);
      expect((await ask(as(key), "/platform/audit")).status).toBe(403);
      const platform = await create(["platform_admin"]);
      expect((await ask(as(platform))).status).toBe(403);
      const told = await list(as(platform), "/platform/audit?action=tenants.create");
      expect(told.items[0]).toMatchObject({ target_id: id, tenant_id: PLATFORM_CHAIN });
      expect((await ask(as(platform), "/platform/audit")).headers["cache-control"]).toBe(
        "no-store",
      );
    });

    it("comes in pages, from either end, and by what is asked for", async () => {
      const { key } = await tenant("pages");
      for (let n = 0; n < 3; n += 1) await create(["viewer"], as(key));
      const seqs = async (query: string) =>
        (await list(as(key), `/audit?${query}`)).items.map(({ seq }) => seq);
      const first = await list(as(key), "/audit?limit=2");
      expect(first.items.map(({ seq }) => seq)).toEqual([4, 3]);
      expect(await seqs(`limit=2&cursor=${first.next_cursor}`)).toEqual([2, 1]);
      const oldest = await list(as(key), "/audit?limit=3&order=asc");
      expect(oldest.items.map(({ seq }) => seq)).toEqual([1, 2, 3]);
      expect(await seqs(`order=asc&cursor=${oldest.next_cursor}`)).toEqual([4]);
      expect(await seqs("action=keys.create")).toEqual([4, 3, 2]);
      expect(await seqs("subject=platform&outcome=done")).toEqual([1]);
      expect(await seqs("outcome=refused")).toEqual([]);
      const [newest] = first.items;
      expect(await seqs(`since=${newest?.at}`)).toContain(4);
      expect(await seqs(`until=${oldest.items[0]?.at}`)).toEqual([]);
    });

    it.each([
      "cursor=0",
      "cursor=1e3",
      `cursor=${"9".repeat(20)}`,
      "order=newest",
      "action=keys.steal",
      "subject=%00",
      "subject=",
      "outcome=maybe",
      "since=yesterday",
      "since=0000-01-01T00:00:00Z",
      "until=9999-12-31T23:59:59-23:59",
      "tenant_id=00000000-0000-7000-8000-000000000002",
    ])("refuses %s", async (query) => {
      for (const path of ["/audit", "/platform/audit"])
        expect((await ask(admin, `${path}?${query}`)).status).toBe(422);
    });
  });
});
