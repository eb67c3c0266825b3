import { createTenant } from "@llamaagent/auth";
import type { Principal, TenantLimits } from "@llamaagent/core";
import { type Answer, send, sendJson } from "@llamaagent/testing/api/send";
import { type TestApi, topologies } from "@llamaagent/testing/api/topologies";
import { KNOWN_KEY } from "@llamaagent/testing/services/known-key";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

const chief: Principal = {
  tenantId: crypto.randomUUID(),
  subject: "test",
  roles: [],
  scopes: [],
};
const platform = { "x-api-key": KNOWN_KEY };

describe.each(topologies)("limits of a tenant, $name", ({ isThere, start }) => {
  let api: TestApi;
  beforeAll(async () => {
    if (isThere) api = await start({ asksForKeys: true });
  });
  afterAll(() => api?.close());

  /** Its callers have the limits from their first request on. */
  async function tenant(limits: Partial<TenantLimits>) {
    const { db, newId } = api.context;
    const tenantId = newId();
    const { admin_key: key } = await createTenant(db, chief, {
      tenantId,
      keyId: newId(),
      name: tenantId,
      furnish: async () => undefined,
    });
    const changed = await sendJson(api.url, "PATCH", `/tenants/${tenantId}`, { limits }, platform);
    expect(changed.json).toMatchObject({ limits });
    const caller = { "x-api-key": key.key };
    await sendJson(api.url, "POST", "/agents", { name: "default", model: "test/slow" }, caller);
    return { caller, tenantId };
  }
  const run = (caller: object, body: object = {}) =>
    sendJson(api.url, "POST", "/runs", { input: "a", ...body }, caller);
  const refused = (answer: Answer): void => {
    expect(answer.json).toMatchObject({ status: 429, code: "rate_limited" });
    expect(answer.headers["retry-after"]).toBe("5");
  };

  describe.runIf(isThere)("are told to its callers, and keep them", () => {
    it("in GET /me", async () => {
      const { caller } = await tenant({ open_runs: 1 });
      const me = await send(api.url, { path: "/me", headers: caller });
      expect(me.json).toMatchObject({ limits: { open_runs: 1, open_streams: 10_000 } });
    });

    it("from more open runs, whichever way they come", async () => {
      const { caller } = await tenant({ open_runs: 1 });
      const one = await run(caller);
      expect(one.status).toBe(200);
      const { run_id: runId } = one.json as { run_id: string };
      refused(await run(caller));
      for (const path of ["/runs/wait", "/runs/stream"])
        refused(await sendJson(api.url, "POST", path, { input: "a" }, caller));
      const batch = await sendJson(api.url, "POST", "/runs/batch", [{ input: "a" }], caller);
      expect(batch.json).toMatchObject({ items: [{ error: { code: "rate_limited" } }] });
      const ended = { method: "POST", path: `/runs/${runId}/cancel`, headers: caller };
      expect((await send(api.url, ended)).status).toBe(204);
      await vi.waitFor(async () => expect((await run(caller)).status).toBe(200), {
        timeout: 5_000,
      });
    });

    it("from more streams and waits than they may have open", async () => {
      const { caller } = await tenant({ open_streams: 2 });
      const { run_id: runId } = (await run(caller)).json as { run_id: string };
      const path = `/runs/${runId}/stream`;
      const leaving = new AbortController();
      const open = () =>
        fetch(`${api.url}${path}`, { headers: caller, signal: leaving.signal }).then(
          ({ status }) => status,
        );
      expect([await open(), await open()]).toEqual([200, 200]);
      refused(await send(api.url, { path, headers: caller }));
      refused(await send(api.url, { path: `/runs/${runId}/wait`, headers: caller }));
      const socket = { connection: "upgrade", upgrade: "websocket", "sec-websocket-version": "13" };
      const asked = { ...caller, ...socket, "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" };
      refused(await send(api.url, { path, headers: asked }));
      // A cancel that would wait changes nothing when it may not.
      const cancel = { method: "POST", path: `/runs/${runId}/cancel?wait=true`, headers: caller };
      refused(await send(api.url, cancel));
      const still = await send(api.url, { path: `/runs/${runId}`, headers: caller });
      expect(still.json).toMatchObject({ state: "queued" });
      leaving.abort();
      await vi.waitFor(async () => expect(await reopened()).toBe(200), { timeout: 5_000 });

      async function reopened(): Promise<number> {
        const left = new AbortController();
        const headers = caller;
        const { status } = await fetch(`${api.url}${path}`, { headers, signal: left.signal });
        left.abort();
        return status;
      }
    });

    it("from larger bodies", async () => {
      const { caller } = await tenant({ body_bytes: 2048 });
      const large = await run(caller, { input: "a".repeat(2048) });
      expect(large.json).toMatchObject({
        code: "payload_too_large",
        detail: "The body holds at most 2048 bytes",
      });
      const small = await run(caller, { input: "a".repeat(1024) });
      expect(small.status).toBe(200);
    });

    it("from more agents", async () => {
      const { caller } = await tenant({ agents: 1 });
      const body = { name: "second", model: "test/slow" };
      const second = await sendJson(api.url, "POST", "/agents", body, caller);
      expect(second.json).toMatchObject({ code: "conflict", detail: /at most 1 agents/ });
    });
  });

  it
    .runIf(isThere)
    .each([
      [{ open_runs: -1 }],
      [{ open_runs: 1.5 }],
      [{ body_bytes: 1 }],
      [{ body_bytes: 2_000_000 }],
      [{ money: 1 }],
    ])("are refused as %j", async (limits) => {
    const { tenantId } = await tenant({});
    const changed = await sendJson(api.url, "PATCH", `/tenants/${tenantId}`, { limits }, platform);
    expect(changed.json).toMatchObject({ code: "invalid_request" });
  });
});
