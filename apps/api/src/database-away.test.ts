import { AppError, createPluginRegistry } from "@llamaagent/core";
import { createLogger } from "@llamaagent/observability";
import { createRunFollower, createRunsContext, inProcessAdapters } from "@llamaagent/runs";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildApi } from "./build-api.ts";

const away = async (): Promise<never> => {
  throw new AppError("service_unavailable", {
    detail: "The database does not answer",
    retryAfterSeconds: 1,
  });
};
const broken = async (): Promise<never> => {
  throw new Error("relation secrets does not exist: SELECT * FROM secrets");
};

async function apiOn(query: () => Promise<never>): Promise<FastifyInstance> {
  let id = 0;
  const clock = { now: () => new Date(0), monotonicMs: () => 0 };
  const db = {
    driver: "postgres" as const,
    tenant: query,
    system: query,
    close: async () => undefined,
  };
  const adapters = inProcessAdapters();
  return buildApi({
    context: createRunsContext({
      db,
      ...adapters,
      clock,
      newId: () => `00000000-0000-7000-8000-${String((id += 1)).padStart(12, "0")}`,
    }),
    follower: createRunFollower({ db, tail: adapters.tail, clock, onError: () => undefined }),
    registry: createPluginRegistry([]),
    environment: {},
    usesRedis: true,
    logger: createLogger({ level: "silent" }),
  });
}

const runId = "01900000-0000-7000-8000-000000000000";
const requests = [
  { method: "GET", url: "/agents/a" },
  { method: "POST", url: "/agents/search", payload: {} },
  { method: "GET", url: "/agents/a/schemas" },
  { method: "GET", url: "/tools" },
  { method: "GET", url: "/models" },
  { method: "GET", url: "/strategies" },
  { method: "GET", url: `/runs/${runId}` },
  { method: "GET", url: `/runs/${runId}/stream` },
  { method: "GET", url: `/runs/${runId}/wait` },
  { method: "POST", url: "/runs", payload: { input: "a" } },
  { method: "POST", url: "/runs/stream", payload: { input: "a" } },
  { method: "POST", url: `/runs/${runId}/cancel` },
  { method: "POST", url: "/threads", payload: {} },
  { method: "PUT", url: `/threads/${runId}/files/a`, payload: "bytes" },
] as const;

describe("while the database is away", () => {
  let app: FastifyInstance;
  beforeAll(async () => {
    app = await apiOn(away);
  });
  afterAll(() => app.close());

  it.each(requests)("answers $method $url with 503 and when to come again", async (request) => {
    const answer = await app.inject(request);
    expect(answer.statusCode).toBe(503);
    expect(answer.headers["retry-after"]).toBe("1");
    expect(answer.json()).toMatchObject({ code: "service_unavailable", retryable: true });
  });

  it("is alive and not ready", async () => {
    expect((await app.inject("/health/live")).statusCode).toBe(200);
    const ready = await app.inject("/health/ready");
    expect([ready.statusCode, ready.json()]).toEqual([
      503,
      { status: "unavailable", database: "down", redis: "up" },
    ]);
  });

  it("still says what it is", async () => {
    expect((await app.inject("/info")).json()).toMatchObject({ topology: "scaled" });
  });
});

describe("where something else fails", () => {
  it("answers 500 and nothing of what failed", async () => {
    const app = await apiOn(broken);
    const answer = await app.inject("/agents/a");
    expect(answer.json()).toEqual({
      type: "https://llamaagent.dev/errors/internal",
      title: "Something went wrong on our side",
      status: 500,
      detail: "Something went wrong on our side",
      message: "Something went wrong on our side",
      code: "internal",
      retryable: true,
      instance: "/agents/a",
      request_id: answer.headers["x-request-id"],
    });
    await app.close();
  });
});
