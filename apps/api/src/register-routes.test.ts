import { createPluginRegistry } from "@llamaagent/core";
import type { RunFollower, RunsContext } from "@llamaagent/runs";
import fastify, { type RouteOptions } from "fastify";
import { beforeAll, describe, expect, it } from "vitest";
import { createOpenRequests } from "./open-requests.ts";
import { isAsked } from "./plugins/authenticate.ts";
import { validateRequests } from "./plugins/validation.ts";
import { createEnvelope } from "@llamaagent/protection";
import { nothingAllowed } from "@llamaagent/tools/manifest";
import { createAdmission } from "./modules/runs/admission.ts";
import { registerRoutes } from "./register-routes.ts";
import { createReaderMemory } from "./reader-memory.ts";

const routes: RouteOptions[] = [];
beforeAll(async () => {
  const app = fastify({ exposeHeadRoutes: false });
  validateRequests(app);
  app.addHook("onRoute", (route) => void routes.push(route));
  await registerRoutes(app, {
    // Only handlers use these, and none runs.
    context: {} as RunsContext,
    follower: {} as RunFollower,
    registry: createPluginRegistry([]),
    environment: {},
    usesRedis: false,
    furnishTenant: async () => undefined,
    envelope: createEnvelope([]),
    admission: createAdmission(nothingAllowed, createEnvelope([])),
    openRequests: createOpenRequests(),
    streams: { heartbeatMs: 1, stallMs: 1, memory: createReaderMemory(1) },
  });
});

const each = (check: (route: RouteOptions) => boolean): string[] =>
  routes.filter((route) => !check(route)).map(({ method, url }) => `${String(method)} ${url}`);

describe("every route", () => {
  it("is there", () => {
    expect(routes.length).toBeGreaterThan(20);
  });

  it("has a summary, a tag and an id of its own in the description", () => {
    const ids = routes.map(({ schema }) => schema?.operationId);
    expect(
      each(({ schema }) => (schema?.summary?.length ?? 0) > 5 && schema?.tags?.length === 1),
    ).toEqual([]);
    expect(new Set(ids).size).toBe(routes.length);
    expect(ids).not.toContain(undefined);
  });

  it("names its permission", () => {
    expect(each(({ config }) => isAsked(config?.permission))).toEqual([]);
  });

  it("says what it takes and answers", () => {
    const described = ({ method, url, schema }: RouteOptions): boolean =>
      schema?.response !== undefined &&
      schema.querystring !== undefined &&
      (!url.includes(":") || schema.params !== undefined) &&
      (!["POST", "PUT", "PATCH"].includes(String(method)) || schema.body !== undefined);
    expect(each(described)).toEqual([]);
  });

  it("is at most 20 lines", () => {
    expect(each(({ handler }) => handler.toString().split("\n").length <= 20)).toEqual([]);
  });

  it("has no HEAD beside a stream or a wait", () => {
    const open = routes.filter(
      ({ url, method }) => method === "GET" && /\/(stream|wait)$/.test(url),
    );
    expect(open.map(({ exposeHeadRoute }) => exposeHeadRoute)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});
