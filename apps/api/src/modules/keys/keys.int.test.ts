import { isAllowed, Permission } from "@llamaagent/auth";
import { Role } from "@llamaagent/core";
import { readEvents } from "@llamaagent/testing/api/read-events";
import { send, sendJson } from "@llamaagent/testing/api/send";
import { type TestApi, topologies } from "@llamaagent/testing/api/topologies";
import { KNOWN_KEY } from "@llamaagent/testing/services/known-key";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

type Operation = { operationId: string; "x-permission": Permission | "any key" | "public" };
const admin = { "x-api-key": KNOWN_KEY };

describe.each(topologies)("keys over HTTP, $name", ({ isThere, start }) => {
  let api: TestApi;
  beforeAll(async () => {
    if (!isThere) return;
    api = await start({ asksForKeys: true });
    await api.startWorker();
    const agent = { name: "slow", model: "test/slow" };
    await sendJson(api.url, "POST", "/agents", agent, admin);
  });
  afterAll(() => api?.close());

  interface Created {
    key: string;
    key_id: string;
  }
  const create = async (fields: object, by = admin): Promise<Created> =>
    (await sendJson(api.url, "POST", "/keys", { name: "k", ...fields }, by)).json as Created;
  const as = ({ key }: Created) => ({ "x-api-key": key });

  describe.runIf(isThere)("with an admin's", () => {
    it("tells a key once, and never again", async () => {
      const body = { name: "billing", roles: ["viewer"], subject: "b", scopes: ["runs:read"] };
      const made = await sendJson(api.url, "POST", "/keys", body, admin);
      expect(made.status).toBe(201);
      expect(made.headers["cache-control"]).toBe("no-store");
      const { key, key_id: id, ...shown } = made.json as Created;
      expect(shown).toMatchObject({ ...body, created_by: "tester" });
      const one = await send(api.url, { path: `/keys/${id}`, headers: admin });
      expect(one.json).toEqual({ key_id: id, ...shown });
      const all = await send(api.url, { path: "/keys", headers: admin });
      expect(all.text).toContain(id);
      for (const { text } of [one, all]) expect(text).not.toContain(key.slice(36));
    });

    it("says who somebody is, and what that may do", async () => {
      const key = await create({ roles: ["operator"], subject: "b", scopes: ["runs:read"] });
      const me = await send(api.url, { path: "/me", headers: as(key) });
      expect(me.json).toEqual({
        tenant_id: "00000000-0000-7000-8000-000000000001",
        subject: "b",
        roles: ["operator"],
        scopes: ["runs:read"],
        permissions: ["runs:read"],
        key_id: key.key_id,
      });
    });

    it.each([
      ["no role", { roles: [] }],
      ["a role that is none", { roles: ["root"] }],
      ["a permission that is none", { roles: ["admin"], scopes: ["*"] }],
      ["a lifetime of nothing", { roles: ["admin"], expires_in_seconds: 0 }],
      ["a name with U+0000", { roles: ["admin"], name: "\u0000" }],
      ["a tenant", { roles: ["admin"], tenant_id: "00000000-0000-7000-8000-000000000002" }],
    ])("refuses a key with %s", async (_what, fields) => {
      const body = { name: "k", ...fields };
      expect((await sendJson(api.url, "POST", "/keys", body, admin)).status).toBe(422);
    });

    it("lets nobody make a key that may do more than its own", async () => {
      const narrow = await create({ roles: ["admin"], scopes: ["keys:write", "runs:read"] });
      const body = { name: "k", roles: ["viewer"] };
      const refused = await sendJson(api.url, "POST", "/keys", body, as(narrow));
      expect([refused.status, refused.json]).toEqual([
        403,
        expect.objectContaining({ code: "forbidden" }),
      ]);
      expect(await create({ ...body, scopes: ["runs:read"] }, as(narrow))).toHaveProperty("key");
    });

    it("ends a stream with the key that opened it, and no other stream", async () => {
      const [leaving, staying] = [
        await create({ roles: ["operator"] }),
        await create({ roles: ["viewer"] }),
      ];
      const body = { agent_id: "slow", input: "Hi" };
      const { json } = await sendJson(api.url, "POST", "/runs", body, as(leaving));
      const path = `/runs/${(json as { run_id: string }).run_id}/stream`;
      const open = async (key: Created) => {
        const response = await fetch(api.url + path, { headers: as(key) });
        expect(response.status).toBe(200);
        return response.body?.getReader();
      };
      const [cut, kept] = [await open(leaving), await open(staying)];
      const drain = async (): Promise<void> => {
        while (!(await cut?.read())?.done);
      };
      const revoked = await send(api.url, {
        method: "DELETE",
        path: `/keys/${leaving.key_id}`,
        headers: admin,
      });
      expect(revoked.status).toBe(204);
      await expect(drain()).rejects.toThrow();
      expect((await send(api.url, { path: "/me", headers: as(leaving) })).status).toBe(401);
      const run = await send(api.url, { path: path.replace("/stream", ""), headers: as(staying) });
      expect(run.json).toMatchObject({ status: "pending" });
      await kept?.cancel();
    });

    it("lets each role do what the table says on every route, and nothing else", async () => {
      const { json } = await send(api.url, { path: "/openapi.json" });
      const { paths } = json as { paths: Record<string, Record<string, Operation>> };
      const operations = Object.entries(paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
      );
      expect(operations.length).toBeGreaterThan(60);
      for (const role of Role.options) {
        const key = await create({ roles: [role] });
        for (const { path, method, operation } of operations) {
          const { "x-permission": asked } = operation;
          // Ids of nothing: what may be asked is not found, or is a body that is wrong.
          const sent = { method: method.toUpperCase(), path: path.replaceAll(/\{\w+\}/g, "none") };
          const { status } = await send(api.url, { ...sent, headers: as(key) });
          const isOpen = asked === "public" || asked === "any key";
          const mayAsk = isOpen || isAllowed({ roles: [role], scopes: [] }, asked);
          expect(status === 403, `${role}: ${operation.operationId} ${status}`).toBe(!mayAsk);
          expect(status).toBeLessThan(500);
        }
      }
    });

    it("reads a run as its viewer does", async () => {
      const viewer = await create({ roles: ["viewer"] });
      const body = { agent_id: "slow", input: "Hi" };
      const run = (await sendJson(api.url, "POST", "/runs", body, admin)).json as {
        run_id: string;
      };
      const cancel = `/runs/${run.run_id}/cancel`;
      expect((await sendJson(api.url, "POST", cancel, {}, as(viewer))).status).toBe(403);
      expect((await sendJson(api.url, "POST", cancel, {}, admin)).status).toBe(204);
      const url = `${api.url}/runs/${run.run_id}/stream`;
      const { events } = await readEvents(url, undefined, as(viewer));
      expect(events.at(-1)).toMatchObject({ event: "run.cancelled" });
    });
  });
});
