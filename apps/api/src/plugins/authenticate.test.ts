import type { CredentialVerifier } from "@llamaagent/auth";
import { AppError, type Principal } from "@llamaagent/core";
import fastify, { type FastifyInstance } from "fastify";
import { describe, expect, it } from "vitest";
import { authenticate } from "./authenticate.ts";
import { answerProblems } from "./problems.ts";

const KEY = "correct-horse-battery";
const reader: Principal = {
  tenantId: "00000000-0000-7000-8000-00000000000a",
  subject: "reader",
  roles: ["viewer"],
  scopes: [],
  keyId: "00000000-0000-7000-8000-00000000000b",
};
/** A double: knows one key. */
const keys: CredentialVerifier = {
  async verify(text) {
    if (text !== KEY) throw new AppError("unauthorized");
    return reader;
  },
  held: () => false,
  over: () => [],
  ended: async () => [],
};

function app(verifier: CredentialVerifier | undefined): FastifyInstance {
  const server = fastify();
  answerProblems(server);
  authenticate(server, verifier);
  server.get("/open", { config: { permission: "public" } }, (request) => request.principal);
  server.get("/me", { config: { permission: "any credential" } }, (request) => request.principal);
  server.get("/closed", { config: { permission: "runs:read" } }, (request) => request.principal);
  server.get("/write", { config: { permission: "runs:write" } }, (request) => request.principal);
  return server;
}

describe("authenticate", () => {
  it("gives every request the default tenant's admin where no key is asked for", async () => {
    for (const url of ["/open", "/me", "/closed", "/write"])
      expect((await app(undefined).inject(url)).json()).toEqual({
        tenantId: "00000000-0000-7000-8000-000000000001",
        subject: "default",
        roles: ["admin", "platform_admin"],
        scopes: [],
      });
  });

  it.each([
    { authorization: `Bearer ${KEY}` },
    { authorization: `bearer ${KEY}` },
    { "x-api-key": KEY },
  ])("lets %j through, as whom the key speaks for", async (headers) => {
    for (const url of ["/closed", "/me"]) {
      const answer = await app(keys).inject({ url, headers });
      expect([answer.statusCode, answer.json()]).toEqual([200, reader]);
    }
  });

  it.each([
    {},
    { authorization: KEY },
    { authorization: `Basic ${KEY}` },
    { authorization: `Bearer ${KEY}x` },
    { authorization: "Bearer " },
    { authorization: `Bearer ${KEY} ${KEY}` },
    { "x-api-key": "" },
    { "x-api-key": KEY.toUpperCase() },
    { authorization: "Bearer wrong-wrong-wrong", "x-api-key": KEY },
  ])("stops %j", async (headers) => {
    for (const url of ["/closed", "/me", "/write"]) {
      const answer = await app(keys).inject({ url, headers });
      expect(answer.statusCode).toBe(401);
      expect(answer.headers["www-authenticate"]).toBe("Bearer");
      expect(answer.json()).toMatchObject({ code: "unauthorized", status: 401 });
    }
  });

  it("stops what the key's roles do not allow, and says what is missing", async () => {
    const answer = await app(keys).inject({ url: "/write", headers: { "x-api-key": KEY } });
    expect(answer.statusCode).toBe(403);
    expect(answer.json()).toMatchObject({
      code: "forbidden",
      detail: "The key does not give the permission runs:write",
    });
  });

  it("asks for no key on public routes, and for one where there is no route", async () => {
    expect((await app(keys).inject("/open")).statusCode).toBe(200);
    expect((await app(keys).inject("/nothing")).statusCode).toBe(401);
    const known = { url: "/nothing", headers: { "x-api-key": KEY } };
    expect((await app(keys).inject(known)).statusCode).toBe(404);
  });

  it.each([undefined, "runs:everything"])(
    "stops the boot at a route that names no permission, or one that is none: %s",
    async (permission) => {
      const server = app(keys);
      // A double of a mistake that the compiler would find, but for a permission that is left out.
      const config = { permission: permission as "public" };
      server.get("/forgotten", { schema: { hide: true }, config }, () => "");
      await expect(server.ready()).rejects.toThrow("the route /forgotten names no permission");
    },
  );

  it("takes a caller for nobody where no key was asked for or looked at", async () => {
    const answer = await app(keys).inject("/open");
    expect(answer.json()).toMatchObject({ subject: "nobody", roles: [] });
  });
});
