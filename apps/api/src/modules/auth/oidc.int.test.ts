import { send, sendJson } from "@llamaagent/testing/api/send";
import { type TestApi, topologies } from "@llamaagent/testing/api/topologies";
import { KNOWN_KEY } from "@llamaagent/testing/services/known-key";
import { type OidcServer, startOidcServer } from "@llamaagent/testing/services/oidc-server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const admin = { "x-api-key": KNOWN_KEY };
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const ABSENT = "0199a6f0-0000-7000-8000-0000000000aa";

describe.each(topologies)("tokens of an OpenID Connect server, $name", ({ isThere, start }) => {
  let oidc: OidcServer;
  let api: TestApi;
  let tenantId: string;
  beforeAll(async () => {
    if (!isThere) return;
    oidc = await startOidcServer();
    tenantId = "00000000-0000-7000-8000-000000000001";
    const issuer = {
      name: "corp",
      issuer: oidc.issuer,
      jwks_uri: oidc.jwksUri,
      audience: "llamaagent",
      tenant: { claim: "org", map: { acme: tenantId, gone: ABSENT } },
      roles: { claim: "groups", map: { ops: "operator", chiefs: "admin" } },
    };
    const environment = {
      LLAMAAGENT_OIDC_ISSUERS: JSON.stringify([issuer]),
      LLAMAAGENT_PUBLIC_URL: "https://agents.example.com/api",
    };
    api = await start({ asksForKeys: true, environment });
  });
  afterAll(async () => {
    await api?.close();
    await oidc?.close();
  });

  const me = async (token: string) => send(api.url, { path: "/me", headers: bearer(token) });
  const token = (claims: object = {}, scope = "") =>
    oidc.token({ claims: { org: "acme", groups: ["ops"], ...claims }, scope });

  describe.runIf(isThere)("a server that trusts it", () => {
    it("takes them, for what their roles and scopes allow", async () => {
      const answer = await me(await token({}, "runs:read threads:read"));
      expect(answer.json).toEqual({
        tenant_id: tenantId,
        subject: "oidc:corp:machine",
        roles: ["operator"],
        scopes: ["runs:read", "threads:read"],
        permissions: ["runs:read", "threads:read"],
        limits: expect.objectContaining({ open_runs: expect.any(Number) }),
      });
      const by = bearer(await token({}, "runs:read"));
      expect((await sendJson(api.url, "POST", "/runs/search", {}, by)).status).toBe(200);
      expect((await sendJson(api.url, "POST", "/runs", {}, by)).status).toBe(403);
    });

    it("lets an admin among them look after keys, and lets none of their tokens live on in one", async () => {
      const chief = bearer(await token({ groups: ["chiefs"] }));
      const body = { name: "k", roles: ["viewer"] };
      expect((await sendJson(api.url, "POST", "/keys", body, chief)).status).toBe(403);
      const made = await sendJson(api.url, "POST", "/keys", body, admin);
      const path = `/keys/${(made.json as { key_id: string }).key_id}`;
      expect((await sendJson(api.url, "POST", `${path}/rotate`, {}, chief)).status).toBe(403);
      expect((await send(api.url, { method: "DELETE", path, headers: chief })).status).toBe(204);
      expect((await sendJson(api.url, "POST", "/auth/token", {}, chief)).status).toBe(403);
    });

    it("lets those without a role say who they are, and nothing else", async () => {
      const nobody = await token({ groups: ["others"] });
      expect((await me(nobody)).json).toMatchObject({ roles: [], permissions: [] });
      const search = await sendJson(api.url, "POST", "/runs/search", {}, bearer(nobody));
      expect(search.status).toBe(403);
    });

    it("refuses those of no tenant, and of one that is not there", async () => {
      expect((await me(await token({ org: "else" }))).status).toBe(403);
      expect((await me(await token({ org: "gone" }))).status).toBe(401);
    });

    it("refuses those for another audience", async () => {
      expect((await me(await oidc.token({ audience: "billing" }))).status).toBe(401);
      expect((await me(await token())).status).toBe(200);
    });

    it("tells a client where it gets one", async () => {
      const metadata = "https://agents.example.com/.well-known/oauth-protected-resource/api";
      for (const headers of [{}, bearer("a.b.c")]) {
        const refused = await send(api.url, { path: "/me", headers });
        expect(refused.headers["www-authenticate"]).toBe(`Bearer resource_metadata="${metadata}"`);
      }
      for (const path of [new URL(metadata).pathname, "/.well-known/oauth-protected-resource"]) {
        const { status, json } = await send(api.url, { path });
        expect([status, json]).toEqual([
          200,
          {
            resource: "https://agents.example.com/api",
            authorization_servers: [oidc.issuer],
            bearer_methods_supported: ["header"],
            scopes_supported: expect.arrayContaining(["runs:read"]),
          },
        ]);
      }
    });

    it("takes keys as ever", async () => {
      expect((await send(api.url, { path: "/me", headers: admin })).status).toBe(200);
    });
  });
});
