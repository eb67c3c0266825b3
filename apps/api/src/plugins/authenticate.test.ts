import fastify, { type FastifyInstance } from "fastify";
import { describe, expect, it } from "vitest";
import { authenticate } from "./authenticate.ts";
import { answerProblems } from "./problems.ts";

const KEY = "correct-horse-battery";

function app(apiKey: string | undefined): FastifyInstance {
  const server = fastify();
  answerProblems(server);
  authenticate(server, apiKey);
  server.get("/open", { config: { permission: "public" } }, (request) => request.principal);
  server.get("/closed", { config: { permission: "runs:read" } }, (request) => request.principal);
  return server;
}

describe("authenticate", () => {
  it("gives every request the default tenant's admin while there is no key", async () => {
    const answer = await app(undefined).inject("/closed");
    expect(answer.json()).toEqual({
      tenantId: "00000000-0000-7000-8000-000000000001",
      subject: "default",
      roles: ["admin"],
      scopes: [],
    });
  });

  it.each([
    { authorization: `Bearer ${KEY}` },
    { authorization: `bearer ${KEY}` },
    { "x-api-key": KEY },
  ])("lets %j through", async (headers) => {
    expect((await app(KEY).inject({ url: "/closed", headers })).statusCode).toBe(200);
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
    const answer = await app(KEY).inject({ url: "/closed", headers });
    expect(answer.statusCode).toBe(401);
    expect(answer.headers["www-authenticate"]).toBe("Bearer");
    expect(answer.json()).toMatchObject({ code: "unauthorized", status: 401 });
  });

  it("asks for no key on public routes, and for one where there is no route", async () => {
    expect((await app(KEY).inject("/open")).statusCode).toBe(200);
    expect((await app(KEY).inject("/nothing")).statusCode).toBe(401);
  });

  it("stops the boot at a route that names no permission", async () => {
    const server = fastify();
    authenticate(server, undefined);
    expect(() => server.get("/forgotten", () => "")).toThrow(
      "the route /forgotten names no permission",
    );
  });
});
