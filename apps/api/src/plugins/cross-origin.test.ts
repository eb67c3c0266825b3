import { AppError } from "@llamaagent/core";
import { readOwnOperations } from "@llamaagent/testing/openapi/own-operations";
import fastify, { type FastifyInstance } from "fastify";
import { describe, expect, it } from "vitest";
import { answerOtherOrigins, createCrossOrigin } from "./cross-origin.ts";
import { answerProblems } from "./problems.ts";

const APP = "https://app.example.com";

function app(origins: string[] = [APP, "http://localhost:5173"]): FastifyInstance {
  const server = fastify();
  answerProblems(server);
  answerOtherOrigins(server, createCrossOrigin(origins));
  // As who calls is asked.
  server.addHook("onRequest", async ({ headers }) => {
    if (headers["x-api-key"] === undefined) throw new AppError("unauthorized");
  });
  server.get("/read", () => "read");
  server.get("/limited", () => {
    throw new AppError("rate_limited", { retryAfterSeconds: 1 });
  });
  server.get("/away", () => {
    throw new AppError("service_unavailable", { retryAfterSeconds: 1 });
  });
  server.post("/sent", { bodyLimit: 1 }, () => "");
  server.get("/stream", (_request, reply) => {
    reply.hijack();
    reply.raw.writeHead(200, { "content-type": "text/event-stream" }).end("data: 1\n\n");
  });
  return server;
}
const preflight = {
  "access-control-request-method": "POST",
  "access-control-request-headers": "authorization,content-type",
};
const cors = (headers: Record<string, unknown>): string[] =>
  Object.keys(headers).filter((name) => name.startsWith("access-control-"));

describe("pages elsewhere", () => {
  it.each([APP, "http://localhost:5173"])("that are listed read answers: %s", async (origin) => {
    for (const url of ["/read", "/stream"]) {
      const answer = await app().inject({ url, headers: { origin, "x-api-key": "k" } });
      expect(answer.statusCode).toBe(200);
      expect(answer.headers).toMatchObject({
        "access-control-allow-origin": origin,
        vary: "Origin",
      });
      expect(answer.headers["access-control-expose-headers"]).toContain("ratelimit, ");
      // Keys are in headers: no page sends with a request what it does not have itself.
      expect(answer.headers).not.toHaveProperty("access-control-allow-credentials");
    }
  });

  it("that are listed read why they were refused", async () => {
    const ask = (url: string, headers: object) =>
      app().inject({ url, headers: { origin: APP, ...headers } });
    for (const [answer, status] of [
      [await ask("/read", {}), 401],
      [await ask("/limited", { "x-api-key": "k" }), 429],
      [await ask("/away", { "x-api-key": "k" }), 503],
      [await ask("/nothing", { "x-api-key": "k" }), 404],
      [
        await app().inject({
          method: "POST",
          url: "/sent",
          headers: { origin: APP, "x-api-key": "k", "content-type": "application/json" },
          payload: "{ }",
        }),
        413,
      ],
    ] as const) {
      expect(answer.statusCode).toBe(status);
      expect(answer.headers).toMatchObject({ "access-control-allow-origin": APP, vary: "Origin" });
    }
  });

  it("that are listed ask before they send, without a key", async () => {
    const headers = { origin: APP, ...preflight };
    const answer = await app().inject({ method: "OPTIONS", url: "/read", headers });
    expect([answer.statusCode, answer.body]).toEqual([204, ""]);
    expect(answer.headers).toMatchObject({
      "access-control-allow-origin": APP,
      "access-control-allow-methods": "DELETE, GET, HEAD, PATCH, POST, PUT",
      "access-control-allow-headers":
        "authorization, content-type, idempotency-key, last-event-id, retry-attempt, x-api-key, x-request-id, x-stainless-retry-count",
      "access-control-max-age": "600",
      vary: "Origin",
    });
  });

  it("that are listed send what any operation takes, and read what any answers with", async () => {
    const { operations, headers: answered } = await readOwnOperations();
    const taken = operations.flatMap(({ parameters }) =>
      parameters.filter(({ in: place }) => place === "header").map(({ name }) => name),
    );
    const headers = { origin: APP, ...preflight };
    const asked = await app().inject({ method: "OPTIONS", url: "/read", headers });
    const list = (name: string) => String(asked.headers[name]).split(", ");
    expect(taken.length).toBeGreaterThan(5);
    expect(list("access-control-allow-headers")).toEqual(expect.arrayContaining(taken));
    expect(list("access-control-expose-headers")).toEqual(
      expect.arrayContaining(Object.keys(answered)),
    );
  });

  it("that are listed are not told by OPTIONS alone", async () => {
    const answer = await app().inject({
      method: "OPTIONS",
      url: "/read",
      headers: { origin: APP },
    });
    expect(answer.statusCode).toBe(401);
  });

  it.each([
    "https://app.example.com.evil.example",
    "https://evil-app.example.com",
    "https://sub.app.example.com",
    "https://app.example.com:8443",
    "http://app.example.com",
    "https://APP.example.com",
    "https://app.example.com/",
    "https://app.example.com, https://evil.example",
    "null",
    "*",
    "",
  ])("that are not listed read nothing, and are answered no preflight: '%s'", async (origin) => {
    const read = await app().inject({ url: "/read", headers: { origin, "x-api-key": "k" } });
    expect([read.statusCode, read.headers.vary, cors(read.headers)]).toEqual([200, "Origin", []]);
    const headers = { origin, ...preflight };
    const asked = await app().inject({ method: "OPTIONS", url: "/read", headers });
    expect([asked.statusCode, cors(asked.headers)]).toEqual([401, []]);
  });

  it("are none where none is listed; what is asked for without an origin varies by it", async () => {
    const headers = { origin: APP, "x-api-key": "k" };
    const { headers: none } = await app([]).inject({ url: "/read", headers });
    expect([none.vary, cors(none)]).toEqual([undefined, []]);
    const own = await app().inject({ url: "/read", headers: { "x-api-key": "k" } });
    expect([own.headers.vary, cors(own.headers)]).toEqual(["Origin", []]);
  });
});

describe("a WebSocket", () => {
  const { socketFault } = createCrossOrigin([APP]);

  it.each([
    ["what is no browser", undefined, "agents.example.com"],
    ["a listed page", APP, "agents.example.com"],
    ["a page of this server", "https://agents.example.com", "agents.example.com"],
    ["a page of this server, by its port", "http://localhost:8000", "LOCALHOST:8000"],
  ])("is opened to %s", (_who, origin, host) => {
    expect(socketFault({ ...(origin === undefined ? {} : { origin }), host })).toBeUndefined();
  });

  it.each([
    ["another page", "https://evil.example", "agents.example.com"],
    ["a page of another port", "http://localhost:3000", "localhost:8000"],
    ["a page without an origin", "null", "agents.example.com"],
    ["a file", "file://", ""],
    ["what names no server", "https://evil.example", undefined],
  ])("is not opened to %s", (_who, origin, host) => {
    const headers = { origin, ...(host === undefined ? {} : { host }) };
    expect(socketFault(headers)).toBe(
      `The header Origin, '${origin}', is neither this server's nor one of LLAMAAGENT_CORS_ORIGINS`,
    );
  });
});
