import { AppError, createPluginRegistry, DEFAULT_TENANT_ID, TENANT_LIMITS } from "@llamaagent/core";
import { createLogger } from "@llamaagent/observability";
import type { RunFollower, RunsContext } from "@llamaagent/runs";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildApi } from "../../build-api.ts";

const KEY = "sixteen-characters";
const strict =
  "default-src 'none';script-src 'self';style-src 'self';img-src 'self' data:;connect-src 'self';base-uri 'none';form-action 'none';frame-ancestors 'none'";

describe("the page of the OpenAPI document", () => {
  let app: FastifyInstance;
  beforeAll(async () => {
    let id = 0;
    app = await buildApi({
      // Only other routes use these.
      context: { newId: () => `id-${(id += 1)}` } as RunsContext,
      follower: {} as RunFollower,
      registry: createPluginRegistry([]),
      environment: {},
      usesRedis: false,
      refusals: { note: () => undefined },
      authentication: {
        keys: {
          async verify(text) {
            if (text !== KEY) throw new AppError("unauthorized");
            return { tenantId: DEFAULT_TENANT_ID, subject: "s", roles: [], scopes: [] };
          },
          held: () => false,
          holder: () => Promise.reject(new AppError("unauthorized")),
          ended: async () => [],
        },
        tenants: { limitsOf: async () => TENANT_LIMITS, closed: async () => [] },
        tokenKeys: [],
        issuers: [],
        publicUrl: undefined,
        limits: {
          take: async () => ({ isAllowed: true, retryAfterMs: 0, policies: [] }),
        },
        addresses: {
          limiter: {
            take: async () => ({ isAllowed: true, remaining: [1], retryAfterMs: 0 }),
            close: async () => undefined,
          },
          perSecond: 1,
        },
      },
      logger: createLogger({ level: "silent" }),
    });
  });
  afterAll(() => app.close());

  /** As a browser without a key. */
  const get = (url: string) => app.inject({ method: "GET", url });

  it.each(["/docs", "/docs/"])("is under %s, with files of this server alone", async (url) => {
    const page = await get(url);
    expect(page).toMatchObject({ statusCode: 200, headers: { "content-security-policy": strict } });
    expect(page.headers["content-type"]).toBe("text/html; charset=utf-8");
    const addresses = [...page.body.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, one = ""]) => one);
    expect(addresses.length).toBeGreaterThan(5);
    for (const address of addresses) {
      const { pathname, host } = new URL(address, "http://this/docs/");
      expect(host).toBe("this");
      const file = await get(pathname);
      expect(file, pathname).toMatchObject({
        statusCode: 200,
        headers: { "content-security-policy": strict },
      });
    }
  });

  it("has no script and no style of its own in the text", async () => {
    const { body } = await get("/docs");
    expect([...body.matchAll(/<script(?! src=)|<style| style=| on\w+=|javascript:/g)]).toEqual([]);
    expect([...body.matchAll(/<script [^>]*>([^<]*)</g)].map(([, text]) => text?.trim())).toEqual([
      "",
      "",
      "",
    ]);
  });

  it("shows the document that the server answers with, which does not name the page", async () => {
    const document: { paths: object } = (await get("/openapi.json")).json();
    expect((await get("/docs/json")).json()).toEqual(document);
    expect(Object.keys(document.paths).filter((path) => path.startsWith("/docs"))).toEqual([]);
  });

  it.each(["/openapi.json", "/health/live", "/nothing", "/tools", "/docsx", "/docs/nothing"])(
    "lets %s load nothing",
    async (url) => {
      expect((await get(url)).headers["content-security-policy"]).toBe(
        "default-src 'none';frame-ancestors 'none'",
      );
    },
  );

  it.each(["/docs", "/docs/", "/docs/json"])("can only be read: %s", async (url) => {
    const headers = { "x-api-key": KEY };
    expect(await app.inject({ method: "POST", url, headers })).toMatchObject({
      statusCode: 405,
      headers: { allow: "GET, HEAD" },
    });
    expect((await app.inject({ method: "HEAD", url })).statusCode).toBe(200);
  });

  it("gives no file but the page's", async () => {
    for (const name of ["../../package.json", "%2e%2e%2fpackage.json", "..%5cpackage.json"])
      expect((await get(`/docs/static/${name}`)).statusCode, name).not.toBe(200);
  });
});
