import { createHmac, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { type OidcServer, startOidcServer } from "@llamaagent/testing/services/oidc-server";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createOidcIssuer, type OidcIssuer } from "./oidc-issuer.ts";
import { OidcIssuerSettings } from "./oidc-settings.ts";

const TENANT = "0199a6f0-0000-7000-8000-00000000000b";
const MINUTE = 60_000;

describe("access tokens of a real OpenID Connect server", () => {
  let server: OidcServer;
  let monotonicMs: number;
  let wallMs: number;
  let issuer: OidcIssuer;
  let reasons: string[];
  beforeAll(async () => {
    server = await startOidcServer();
  });
  afterAll(() => server.close());
  beforeEach(() => {
    [monotonicMs, wallMs] = [0, Date.now()];
    reasons = [];
    issuer = make();
  });

  const make = (fields: object = {}): OidcIssuer =>
    createOidcIssuer(
      OidcIssuerSettings.parse({
        name: "corp",
        issuer: server.issuer,
        jwks_uri: server.jwksUri,
        audience: "llamaagent",
        tenant: { claim: "org", map: { acme: TENANT } },
        roles: { claim: "access.groups", map: { ops: "operator", devs: "developer" } },
        ...fields,
      }),
      {
        clock: { now: () => new Date(wallMs), monotonicMs: () => monotonicMs },
        fetch,
        onError: () => undefined,
        onRefused: (reason) => void reasons.push(reason),
      },
    );
  const claims = { org: "acme", access: { groups: ["ops", "others"] } };
  const token = (fields: Parameters<OidcServer["token"]>[0] = {}) =>
    server.token({ claims, ...fields });
  const unauthorized = { code: "unauthorized" };

  it("speak for a machine, in its tenant, with its roles", async () => {
    expect(await issuer.verify(await token({ scope: "runs:read" }))).toEqual({
      tenantId: TENANT,
      subject: "oidc:corp:machine",
      roles: ["operator"],
      scopes: ["runs:read"],
      expiresAtMs: expect.any(Number),
    });
    expect(await issuer.verify(await token())).toMatchObject({ scopes: [] });
  });

  it("are of no use elsewhere, nor are those of elsewhere here", async () => {
    const elsewhere = await token({ audience: "billing" });
    await expect(issuer.verify(elsewhere)).rejects.toMatchObject(unauthorized);
    const other = make({ issuer: "https://id.example.com" });
    await expect(other.verify(await token())).rejects.toMatchObject(unauthorized);
    const typed = make({ typ: "JWT" });
    await expect(typed.verify(await token())).rejects.toMatchObject(unauthorized);
    const other512 = make({ algorithms: ["RS512"] });
    await expect(other512.verify(await token())).rejects.toMatchObject(unauthorized);
    // For who has configured it.
    expect(reasons).toEqual([
      "ERR_JWT_CLAIM_VALIDATION_FAILED: aud",
      "ERR_JWT_CLAIM_VALIDATION_FAILED: iss",
      "ERR_JWT_CLAIM_VALIDATION_FAILED: typ",
      "ERR_JOSE_ALG_NOT_ALLOWED",
    ]);
  });

  it("are refused where they are of no tenant, or of several", async () => {
    const of = (org: unknown) => token({ claims: { ...claims, org } });
    for (const org of ["else", undefined, 7, ["__proto__"], "constructor"])
      await expect(issuer.verify(await of(org))).rejects.toMatchObject({ code: "forbidden" });
    const several = make({
      tenant: { claim: "org", map: { acme: TENANT, sales: crypto.randomUUID() } },
    });
    const both = await of(["acme", "sales"]);
    await expect(several.verify(both)).rejects.toMatchObject({ code: "forbidden" });
    expect(await issuer.verify(await of(["else", "acme"]))).toMatchObject({ tenantId: TENANT });
  });

  it("do nothing without a scope of ours, where the issuer is to give one", async () => {
    const strict = make({ scopes: "required" });
    const forbidden = { code: "forbidden" };
    await expect(strict.verify(await token({ scope: "openid" }))).rejects.toMatchObject(forbidden);
    const scoped = await strict.verify(await token({ scope: "openid runs:read" }));
    expect(scoped).toMatchObject({ scopes: ["runs:read"] });
  });

  it("look after tenants in the default one alone", async () => {
    const roles = { claim: "org", map: { acme: "platform_admin", first: "platform_admin" } };
    const first = "00000000-0000-7000-8000-000000000001";
    const chiefs = make({ roles, tenant: { claim: "org", map: { acme: TENANT, first } } });
    const of = (org: string) => token({ claims: { org } });
    expect(await chiefs.verify(await of("acme"))).toMatchObject({ roles: [] });
    expect(await chiefs.verify(await of("first"))).toMatchObject({ roles: ["platform_admin"] });
  });

  it("give no role that is not mapped", async () => {
    const none = await token({ claims: { org: "acme", roles: ["admin"], groups: ["devs"] } });
    expect(await issuer.verify(none)).toMatchObject({ roles: [] });
  });

  it("end", async () => {
    const ending = await token();
    const { expiresAtMs } = await issuer.verify(ending);
    wallMs = expiresAtMs + 6_000;
    await expect(issuer.verify(ending)).rejects.toMatchObject(unauthorized);
  });

  describe("that were tampered with", () => {
    const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
    type Parts = { header: Record<string, unknown>; payload: Record<string, unknown> };
    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
    async function parts(): Promise<Parts> {
      const [header = "", payload = ""] = (await token()).split(".");
      const read = (part: string) =>
        JSON.parse(Buffer.from(part, "base64url").toString()) as Record<string, unknown>;
      return { header: read(header), payload: read(payload) };
    }
    const joined = ({ header, payload }: Parts, by: (text: string) => Buffer): string => {
      const text = `${encode(header)}.${encode(payload)}`;
      return `${text}.${by(text).toString("base64url")}`;
    };
    const rsaSign = (key: KeyObject) => (text: string) => sign("sha256", Buffer.from(text), key);
    const pem = () => server.publicKey().export({ type: "spki", format: "pem" }).toString();
    const hmac = (text: string) => createHmac("sha256", pem()).update(text).digest();
    const nothing = () => Buffer.alloc(0);
    const own = rsaSign(rsa.privateKey);
    const jwk = () => rsa.publicKey.export({ format: "jwk" });

    it.each<[string, object, (text: string) => Buffer]>([
      ["by alg none", { alg: "none" }, nothing],
      ["by an HMAC with the public key", { alg: "HS256" }, hmac],
      ["by another key", {}, own],
      ["by an embedded key", { jwk: jwk() }, own],
      ["by an embedded key, without a kid", { jwk: jwk(), kid: undefined }, own],
      ["by a key elsewhere", { jku: "http://127.0.0.1:1/jwks", kid: "theirs" }, own],
      ["by a kid of a path", { kid: "../../../dev/null" }, nothing],
    ])("%s", async (_what, header, by) => {
      const { header: given, payload } = await parts();
      const changed = joined({ header: { ...given, ...header }, payload }, by);
      await expect(issuer.verify(changed)).rejects.toMatchObject(unauthorized);
    });

    it.each<[string, Record<string, unknown>, object?]>([
      ["no end", { exp: undefined }],
      ["no beginning", { iat: undefined }],
      ["its beginning to come", { nbf: Math.floor(Date.now() / 1000) + 60 }],
      ["no audience", { aud: undefined }],
      ["no issuer", { iss: undefined }],
      ["no subject", { sub: undefined }],
      ["a subject of nothing", { sub: "" }],
      ["a header that must be understood", {}, { crit: ["unknown"], unknown: 1 }],
    ])("by the issuer itself, with %s", async (_what, payload, header = {}) => {
      const given = await parts();
      const signedBy = rsaSign(server.privateKey());
      expect(await issuer.verify(joined(given, signedBy))).toHaveProperty("subject");
      const changed = {
        header: { ...given.header, ...header },
        payload: { ...given.payload, ...payload },
      };
      await expect(issuer.verify(joined(changed, signedBy))).rejects.toMatchObject(unauthorized);
    });

    it("in their payload", async () => {
      const whole = await token();
      const [header, payload = "", signature] = whole.split(".");
      const read = JSON.parse(Buffer.from(payload, "base64url").toString()) as object;
      const changed = `${header}.${encode({ ...read, access: { groups: ["devs"] } })}.${signature}`;
      await expect(issuer.verify(changed)).rejects.toMatchObject(unauthorized);
      await expect(issuer.verify(`${whole}x`)).rejects.toMatchObject(unauthorized);
      expect(await issuer.verify(whole)).toHaveProperty("subject");
    });
  });

  describe("and its keys", () => {
    it("are read once, and anew for an unknown one, at most once a minute", async () => {
      const before = server.keysAsked();
      const asked = () => server.keysAsked() - before;
      const [first, second] = [await token(), await token()];
      await Promise.all([issuer.verify(first), issuer.verify(second)]);
      await issuer.verify(first);
      expect(asked()).toBe(1);
      server.rotateKeys();
      const anew = await token();
      // Too soon after the last time.
      await expect(issuer.verify(anew)).rejects.toMatchObject(unauthorized);
      expect(asked()).toBe(1);
      monotonicMs += MINUTE;
      expect(await issuer.verify(anew)).toHaveProperty("subject");
      expect(asked()).toBe(2);
      // The one before was withdrawn.
      for (let n = 0; n < 5; n++)
        await expect(issuer.verify(first)).rejects.toMatchObject(unauthorized);
      expect(asked()).toBe(2);
    });

    it("hold while it is away, however long", async () => {
      const known = await token();
      await issuer.verify(known);
      server.goAway();
      monotonicMs += 24 * 60 * MINUTE;
      expect(await issuer.verify(known)).toHaveProperty("subject");
      server.comeBack();
    });

    it("are read again when they are old: what was withdrawn is not taken even once", async () => {
      const withdrawn = await token();
      await issuer.verify(withdrawn);
      server.rotateKeys();
      monotonicMs += 9 * MINUTE;
      expect(await issuer.verify(withdrawn)).toHaveProperty("subject");
      // One try that fails does not put it off.
      server.goAway();
      monotonicMs += 2 * MINUTE;
      expect(await issuer.verify(withdrawn)).toHaveProperty("subject");
      server.comeBack();
      monotonicMs += MINUTE;
      await expect(issuer.verify(withdrawn)).rejects.toMatchObject(unauthorized);
    });

    it("let nobody in before they were ever read, and say why", async () => {
      const known = await token();
      server.goAway();
      const away = { code: "service_unavailable" };
      await expect(issuer.verify(known)).rejects.toMatchObject(away);
      server.comeBack();
      await expect(issuer.verify(known)).rejects.toMatchObject(away);
      monotonicMs += 5_000;
      expect(await issuer.verify(known)).toHaveProperty("subject");
    });
  });
});
