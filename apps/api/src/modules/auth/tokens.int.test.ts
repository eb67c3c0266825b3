import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { once } from "node:events";
import { askForSocket } from "@llamaagent/testing/api/read-socket";
import { send, sendJson } from "@llamaagent/testing/api/send";
import { JWT_KEYS, type TestApi, topologies } from "@llamaagent/testing/api/topologies";
import { KNOWN_KEY, KNOWN_KEY_ID } from "@llamaagent/testing/services/known-key";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const admin = { "x-api-key": KNOWN_KEY };
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const OLD = `old:${"another-known-".repeat(4)}`;
const [, SECRET = ""] = JWT_KEYS.split(":");
const [, OLD_SECRET = ""] = OLD.split(":");

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString("base64url");
const slow = { agent_id: "slow", input: "Hi" };
const nowSeconds = (): number => Math.floor(Date.now() / 1000);

/** A token as ours are, but for what a test changes of it. */
function forged(changes: {
  header?: object;
  payload?: object;
  secret?: string;
  signature?: string;
}): string {
  const header = { alg: "HS256", typ: "at+jwt", kid: "test", ...changes.header };
  const payload = {
    iss: "llamaagent",
    aud: "llamaagent",
    sub: "tester",
    client_id: KNOWN_KEY_ID,
    iat: nowSeconds(),
    exp: nowSeconds() + 60,
    jti: "1",
    ...changes.payload,
  };
  const text = `${encode(header)}.${encode(payload)}`;
  const hmac = createHmac("sha256", changes.secret ?? SECRET)
    .update(text)
    .digest("base64url");
  return `${text}.${changes.signature ?? hmac}`;
}

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const signedByRsa = (header: object): string => {
  const [head, payload] = forged({ header: { alg: "RS256", ...header } }).split(".");
  const text = `${head}.${payload}`;
  return `${text}.${sign("sha256", Buffer.from(text), rsa.privateKey).toString("base64url")}`;
};

describe.each(topologies)("tokens for a key, $name", ({ isThere, start }) => {
  let api: TestApi;
  beforeAll(async () => {
    if (!isThere) return;
    const environment = { LLAMAAGENT_JWT_KEYS: `${JWT_KEYS},${OLD}` };
    api = await start({ asksForKeys: true, environment });
    await api.startWorker();
    await sendJson(api.url, "POST", "/agents", { name: "slow", model: "test/slow" }, admin);
  });
  afterAll(() => api?.close());

  const exchange = (body: object, headers: object = admin) =>
    sendJson(api.url, "POST", "/auth/token", body, headers);
  const tokenOf = async (body: object, headers: object = admin): Promise<string> => {
    const { json, status, text } = await exchange(body, headers);
    expect(status, text).toBe(200);
    return (json as { access_token: string }).access_token;
  };
  const statusOf = async (token: string, path = "/me"): Promise<number> =>
    (await send(api.url, { path, headers: bearer(token) })).status;
  const created = async (fields: object) =>
    (await sendJson(api.url, "POST", "/keys", { name: "k", ...fields }, admin)).json as {
      key: string;
      key_id: string;
    };

  describe.runIf(isThere)("a server with keys to sign with", () => {
    it("gives one that speaks for the key's subject, and tells it to nobody else", async () => {
      const answer = await exchange({});
      expect(answer.json).toEqual({
        access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
        token_type: "Bearer",
        expires_in: 900,
      });
      expect(answer.headers["cache-control"]).toBe("no-store");
      const { access_token: token } = answer.json as { access_token: string };
      const me = await send(api.url, { path: "/me", headers: bearer(token) });
      expect(me.json).toMatchObject({ subject: "tester", key_id: KNOWN_KEY_ID, scopes: [] });
      // The empty body is the same.
      const empty = await send(api.url, { method: "POST", path: "/auth/token", headers: admin });
      expect(empty.status).toBe(200);
    });

    it("narrows it, and never widens it", async () => {
      const token = await tokenOf({ scopes: ["runs:read"] });
      const me = await send(api.url, { path: "/me", headers: bearer(token) });
      expect(me.json).toMatchObject({ scopes: ["runs:read"], permissions: ["runs:read"] });
      const refused = await sendJson(api.url, "POST", "/runs", { input: "Hi" }, bearer(token));
      expect(refused.status).toBe(403);
      expect(refused.text).toContain("The token does not give the permission runs:write");

      const narrow = await created({ roles: ["operator"], scopes: ["runs:read", "runs:write"] });
      const by = { "x-api-key": narrow.key };
      expect((await exchange({ scopes: ["threads:read"] }, by)).status).toBe(403);
      const whole = await send(api.url, { path: "/me", headers: bearer(await tokenOf({}, by)) });
      expect(whole.json).toMatchObject({ permissions: ["runs:read", "runs:write"] });
    });

    it("gives none for a token: it would last for ever", async () => {
      expect((await exchange({}, bearer(await tokenOf({})))).status).toBe(403);
      const creating = { name: "k", roles: ["admin"] };
      const made = await sendJson(api.url, "POST", "/keys", creating, bearer(await tokenOf({})));
      expect(made.status).toBe(403);
    });

    it.each([
      ["no time", { expires_in_seconds: 0 }],
      ["a day", { expires_in_seconds: 86_400 }],
      ["a permission that is none", { scopes: ["*"] }],
      ["another subject", { subject: "chief" }],
    ])("refuses one for %s", async (_what, body) => {
      expect((await exchange(body)).status).toBe(422);
    });

    /** A worker that stops would wait for it. */
    const cancel = (runId: string) =>
      send(api.url, { method: "POST", path: `/runs/${runId}/cancel`, headers: admin });

    it("ends with its time, and so does what it has under way", async () => {
      const token = await tokenOf({ expires_in_seconds: 2 });
      const run = await sendJson(api.url, "POST", "/runs", slow, bearer(token));
      const { run_id: id } = run.json as { run_id: string };
      await expect(
        fetch(`${api.url}/runs/${id}/stream`, { headers: bearer(token) }).then((answer) =>
          answer.text(),
        ),
      ).rejects.toThrow();
      expect(await statusOf(token)).toBe(401);
      await cancel(id);
    });

    it("ends with its key", async () => {
      const key = await created({ roles: ["viewer"] });
      const token = await tokenOf({}, { "x-api-key": key.key });
      expect(await statusOf(token)).toBe(200);
      const path = `/keys/${key.key_id}`;
      await send(api.url, { method: "DELETE", path, headers: admin });
      await expect.poll(() => statusOf(token), { timeout: 5_000 }).toBe(401);
    });

    it("takes one by a WebSocket's subprotocol", async () => {
      const token = await tokenOf({});
      const run = await sendJson(api.url, "POST", "/runs", slow, admin);
      const { run_id: id } = run.json as { run_id: string };
      const offered = `llamaagent.key.${Buffer.from(token).toString("base64url")}`;
      const { socket } = await askForSocket(`${api.url}/runs/${id}/stream`, {
        headers: { "sec-websocket-protocol": `llamaagent.events, ${offered}` },
      });
      if (socket === undefined) throw new Error("it was not opened");
      await once(socket, "data");
      socket.destroy();
      await cancel(id);
    });

    it("takes those of every key that is configured", async () => {
      const old = { header: { kid: "old" }, secret: OLD_SECRET };
      expect(await statusOf(forged(old))).toBe(200);
      expect(await statusOf(forged({}))).toBe(200);
    });
  });

  describe.runIf(isThere)("refuses", () => {
    it.each<[string, () => string]>([
      ["alg none", () => forged({ header: { alg: "none" }, signature: "" })],
      ["alg None, signed", () => forged({ header: { alg: "None" } })],
      ["another algorithm of the same key", () => forged({ header: { alg: "HS384" } })],
      ["an RSA signature", () => signedByRsa({})],
      ["an embedded key", () => signedByRsa({ jwk: rsa.publicKey.export({ format: "jwk" }) })],
      ["a key elsewhere", () => signedByRsa({ jku: "http://127.0.0.1:1/jwks" })],
      ["another's secret", () => forged({ secret: "x".repeat(40) })],
      ["another key's secret", () => forged({ secret: OLD_SECRET })],
      ["no secret", () => forged({ secret: "" })],
      ["an unknown kid", () => forged({ header: { kid: "other" } })],
      ["a kid of a path", () => forged({ header: { kid: "../../dev/null" }, secret: "" })],
      ["a kid of every object", () => forged({ header: { kid: "__proto__" } })],
      ["a kid that is no text", () => forged({ header: { kid: ["test"] } })],
      ["no kid", () => forged({ header: { kid: undefined } })],
      ["the type of an ID token", () => forged({ header: { typ: "JWT" } })],
      ["no type", () => forged({ header: { typ: undefined } })],
      ["a critical header", () => forged({ header: { crit: ["exp2"], exp2: 1 } })],
      ["another audience", () => forged({ payload: { aud: "elsewhere" } })],
      ["no audience", () => forged({ payload: { aud: undefined } })],
      ["another issuer", () => forged({ payload: { iss: "elsewhere" } })],
      ["its end behind it", () => forged({ payload: { exp: nowSeconds() - 1 } })],
      ["no end", () => forged({ payload: { exp: undefined } })],
      ["an end that is no number", () => forged({ payload: { exp: "2100-01-01" } })],
      ["no id", () => forged({ payload: { jti: undefined } })],
      ["no subject", () => forged({ payload: { sub: undefined } })],
      ["no key", () => forged({ payload: { client_id: undefined } })],
      ["no permission in its scope", () => forged({ payload: { scope: "*" } })],
      ["its beginning to come", () => forged({ payload: { nbf: nowSeconds() + 60 } })],
      ["a key that is not there", () => forged({ payload: { client_id: crypto.randomUUID() } })],
      ["a key that is no id", () => forged({ payload: { client_id: "' OR 1=1 --" } })],
      ["a signature cut off", () => forged({}).slice(0, -1)],
      ["no signature", () => forged({ signature: "" })],
      ["a part too many", () => `${forged({})}.x`],
      ["dots alone", () => ".."],
      ["what is no JSON", () => "a.b.c"],
      ["10 kB of it", () => `a.${"b".repeat(10_000)}.c`],
    ])("%s", async (_what, make) => {
      const answer = await send(api.url, { path: "/me", headers: bearer(make()) });
      expect([answer.status, answer.headers["www-authenticate"]]).toEqual([401, "Bearer"]);
      // Nothing of what was wrong with it.
      expect(answer.json).toMatchObject({ detail: "Valid credentials are needed" });
    });

    it("a token in a cookie or in the address", async () => {
      const token = forged({});
      const cookie = { cookie: `token=${token}; access_token=${token}; jwt=${token}` };
      expect((await send(api.url, { path: "/me", headers: cookie })).status).toBe(401);
      expect((await send(api.url, { path: `/me?access_token=${token}` })).status).toBe(401);
    });

    it("scopes that are none, taking nothing more for them", async () => {
      const wide = forged({ payload: { scope: "runs:read *" } });
      const me = await send(api.url, { path: "/me", headers: bearer(wide) });
      expect(me.json).toMatchObject({ permissions: ["runs:read"] });
    });
  });
});
