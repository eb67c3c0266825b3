import { PLATFORM_CHAIN, type Refusal, RefusedCredential } from "@llamaagent/auth";
import { AppError, type ErrorCode, type Principal } from "@llamaagent/core";
import fastify, { type FastifyInstance } from "fastify";
import { beforeEach, describe, expect, it } from "vitest";
import { authenticate } from "./authenticate.ts";
import { answerProblems } from "./problems.ts";
import { recordRefusals } from "./record-refusals.ts";

const reader: Principal = {
  tenantId: "00000000-0000-7000-8000-00000000000a",
  subject: "reader",
  roles: ["viewer"],
  scopes: [],
  keyId: "00000000-0000-7000-8000-00000000000b",
};

let noted: Refusal[];
beforeEach(() => {
  noted = [];
});

/** A server that knows one key, and one that was revoked; `limited` are refused before they are looked at. */
function app(): FastifyInstance {
  const server = fastify();
  answerProblems(server);
  recordRefusals(server, { note: (refusal) => void noted.push(refusal) });
  server.addHook("onRequest", async ({ headers }) => {
    if (headers["x-limited"]) throw new AppError("rate_limited");
  });
  authenticate(server, {
    async verify(text) {
      if (text === "revoked") throw new RefusedCredential("unauthorized", reader);
      if (text !== "known") throw new AppError("unauthorized");
      return reader;
    },
  });
  const fail = ({ query }: { query: unknown }) => {
    throw new AppError((query as { code: ErrorCode }).code); // as the tests ask
  };
  server.get("/open", { config: { permission: "public" } }, fail);
  server.get("/things/:id", { config: { permission: "runs:read" } }, fail);
  server.post("/keys", { config: { permission: "keys:write", act: "keys.create" } }, fail);
  return server;
}

const ask = (url: string, headers: Record<string, string> = {}, method: "GET" | "POST" = "GET") =>
  app().inject({ url, method, headers, remoteAddress: "2001:db8::1:2:3:4" });
const unknown = { tenant_id: PLATFORM_CHAIN, address: "2001:db8::/64" };

describe("what is refused", () => {
  it.each([
    ["no credential", {}, "none"],
    ["a wrong one", { "x-api-key": "guess" }, "not taken"],
  ])("is noted of nobody where it came with %s", async (_what, headers, credential) => {
    const answer = await ask("/things/secret?token=secret", headers);
    expect(answer.statusCode).toBe(401);
    expect(noted).toEqual([
      {
        ...unknown,
        action: "access",
        code: "unauthorized",
        status: 401,
        route: "GET /things/:id",
        request_id: expect.any(String),
        detail: { credential },
      },
    ]);
  });

  it("is noted of whose the credential was, where it was proved", async () => {
    expect((await ask("/things/1", { "x-api-key": "revoked" })).statusCode).toBe(401);
    expect(noted).toMatchObject([
      { tenant_id: reader.tenantId, subject: "reader", key_id: reader.keyId, detail: {} },
    ]);
  });

  it("is noted by the act's name, of who may not act", async () => {
    expect((await ask("/keys", { "x-api-key": "known" }, "POST")).statusCode).toBe(403);
    expect(noted).toMatchObject([
      { action: "keys.create", code: "forbidden", subject: "reader", route: "POST /keys" },
    ]);
  });

  it("is noted where the handler refuses", async () => {
    await ask("/things/1?code=forbidden", { "x-api-key": "known" });
    expect(noted).toMatchObject([{ action: "access", code: "forbidden", subject: "reader" }]);
  });

  it("is noted where there is no route", async () => {
    expect((await ask("/%0aetc")).statusCode).toBe(401);
    expect(noted).toMatchObject([{ ...unknown, route: "none" }]);
  });

  it("is noted of an address that guesses, not of one that asks for public things", async () => {
    expect((await ask("/things/1", { "x-limited": "1" })).statusCode).toBe(429);
    expect(noted).toMatchObject([{ ...unknown, code: "rate_limited", status: 429 }]);
    expect((await ask("/open", { "x-limited": "1" })).statusCode).toBe(429);
    expect(noted).toHaveLength(1);
  });

  it.each(["not_found", "conflict", "rate_limited", "invalid_request", "internal"])(
    "is not that a known caller is answered %s",
    async (code) => {
      await ask(`/things/1?code=${code}`, { "x-api-key": "known" });
      expect(noted).toEqual([]);
    },
  );
});
