import { once } from "node:events";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { isAllowed, Permission } from "@llamaagent/auth";
import { Role, TENANT_LIMITS } from "@llamaagent/core";
import { readEvents } from "@llamaagent/testing/api/read-events";
import { askForSocket } from "@llamaagent/testing/api/read-socket";
import { send, sendJson } from "@llamaagent/testing/api/send";
import { type TestApi, topologies } from "@llamaagent/testing/api/topologies";
import { KNOWN_KEY, KNOWN_KEY_ID } from "@llamaagent/testing/services/known-key";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

type Operation = { operationId: string; "x-permission": Permission | "any credential" | "public" };
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
      const { key, key_id: id, ...shown } = made.json as Created;
      expect(shown).toMatchObject({ ...body, created_by: "tester", created_by_key: KNOWN_KEY_ID });
      expect(made.headers["cache-control"]).toBe("no-store");
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
        limits: TENANT_LIMITS,
      });
    });

    it.each([
      ["no role", { roles: [] }],
      ["a role that is none", { roles: ["root"] }],
      ["a permission that is none", { roles: ["admin"], scopes: ["*"] }],
      ["a lifetime of nothing", { roles: ["admin"], expires_in_seconds: 0 }],
      ["a name with U+0000", { roles: ["admin"], name: "\u0000" }],
      ["a subject that is a key's", { roles: ["admin"], subject: "key:0" }],
      ["scopes that its roles do not allow", { roles: ["viewer"], scopes: ["keys:write"] }],
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

    /** What was asked for, to its end; rejects where the connection is cut. */
    const reading = {
      stream: async (url: string, key: Created) => (await fetch(url, { headers: as(key) })).text(),
      wait: async (url: string, key: Created) =>
        (await fetch(url.replace("/stream", "/wait"), { headers: as(key) })).text(),
      async socket(url: string, key: Created) {
        const { socket } = await askForSocket(url, { headers: as(key) });
        if (socket) sockets.push(socket);
        if (socket) await once(socket.resume(), "close");
        throw new Error("cut");
      },
    };
    const sockets: Duplex[] = [];
    it.each(["stream", "wait", "socket"] as const)(
      "ends a %s with the key that opened it, and no other's",
      async (kind) => {
        const leaving = await create({ roles: ["operator"] });
        const staying = await create({ roles: ["viewer"] });
        const body = { agent_id: "slow", input: "Hi" };
        const { json } = await sendJson(api.url, "POST", "/runs", body, as(leaving));
        const path = `/runs/${(json as { run_id: string }).run_id}`;
        const url = `${api.url}${path}/stream`;
        const cut = expect(reading[kind](url, leaving)).rejects.toThrow();
        const kept = reading[kind](url, staying).catch(() => "cut");
        const revoked = { method: "DELETE", path: `/keys/${leaving.key_id}`, headers: admin };
        expect((await send(api.url, revoked)).status).toBe(204);
        await cut;
        expect((await send(api.url, { path: "/me", headers: as(leaving) })).status).toBe(401);
        expect(await Promise.race([kept, sleep(100, "goes on")])).toBe("goes on");
        // The run goes on without its caller.
        const run = await send(api.url, { path, headers: as(staying) });
        expect(run.json).toMatchObject({ status: "pending" });
        await sendJson(api.url, "POST", `${path}/cancel`, {}, admin);
        // None of them answers the server's close, which that would wait half a minute for.
        for (const socket of sockets.splice(0)) socket.destroy();
        await kept;
      },
    );

    it("asks for a key on every route but the public ones", async () => {
      const { json } = await send(api.url, { path: "/openapi.json" });
      const { paths } = json as { paths: Record<string, Record<string, Operation>> };
      for (const [path, methods] of Object.entries(paths))
        for (const [method, operation] of Object.entries(methods)) {
          const sent = { method: method.toUpperCase(), path: path.replaceAll(/\{\w+\}/g, "none") };
          const { status } = await send(api.url, sent);
          const isPublic = operation["x-permission"] === "public";
          expect(status === 401, operation.operationId).toBe(!isPublic);
        }
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
          const isOpen = asked === "public" || asked === "any credential";
          const mayAsk = isOpen || isAllowed({ roles: [role], scopes: [] }, asked);
          expect(status === 403, `${role}: ${operation.operationId} ${status}`).toBe(!mayAsk);
          expect(status).toBeLessThan(500);
        }
      }
    });

    it("cuts off a body that is still to come when the key ends, and makes no key of it", async () => {
      const thief = await create({ roles: ["admin"] });
      const { port } = new URL(api.url);
      const socket = connect(Number(port), "127.0.0.1");
      const gone = once(socket.on("error", () => undefined).resume(), "close");
      const body = JSON.stringify({ name: "of the thief", roles: ["admin"] });
      socket.write(
        `POST /keys HTTP/1.1\r\nhost: a\r\nx-api-key: ${thief.key}\r\ncontent-type: application/json\r\n` +
          `content-length: ${body.length}\r\n\r\n${body.slice(0, -1)}`,
      );
      const path = `/keys/${thief.key_id}`;
      // Before that it would be refused, not cut off.
      await expect
        .poll(async () => (await send(api.url, { path, headers: admin })).json)
        .toHaveProperty("last_used_at");
      await send(api.url, { method: "DELETE", path, headers: admin });
      await gone;
      const { text } = await send(api.url, { path: "/keys?limit=100", headers: admin });
      expect(text).not.toContain("of the thief");
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
