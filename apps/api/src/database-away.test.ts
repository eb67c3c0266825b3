import { AppError, createPluginRegistry } from "@llamaagent/core";
import { createLogger } from "@llamaagent/observability";
import { createRunFollower, createRunsContext, inProcessAdapters } from "@llamaagent/runs";
import { answerLeaks } from "@llamaagent/testing/injection/answer-leaks";
import { exampleRequest } from "@llamaagent/testing/openapi/example-request";
import { readOwnOperations } from "@llamaagent/testing/openapi/own-operations";
import type { FastifyInstance, InjectOptions } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildApi } from "./build-api.ts";

const away = async (): Promise<never> => {
  throw new AppError("service_unavailable", {
    detail: "The database does not answer",
    retryAfterSeconds: 1,
  });
};
/** As a driver throws it. */
const broken = async (): Promise<never> => {
  throw Object.assign(new Error('relation "secrets" does not exist'), {
    code: "42P01",
    query: "SELECT hunter2 FROM secrets",
    file: "parse_relation.c",
    cause: new Error("SELECT hunter2 FROM secrets"),
  });
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
    refusals: { note: () => undefined },
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

const { operations, schemas } = await readOwnOperations();

describe("where something else fails", () => {
  let app: FastifyInstance;
  const failed = new Set<string>();
  beforeAll(async () => {
    app = await apiOn(broken);
  });
  afterAll(() => app.close());

  it("answers 500 and nothing of what failed", async () => {
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
  });

  it.each(operations)("tells nothing of it in $operationId", async (operation) => {
    const { method, path, headers, body } = exampleRequest(operation, schemas, {});
    const answer = await app.inject({
      // Of the document's own operations.
      method: method as NonNullable<InjectOptions["method"]>,
      url: path,
      headers: { ...headers } as Record<string, string>,
      ...(body === undefined ? {} : { payload: String(body) }),
    });
    if (answer.statusCode === 500) failed.add(operation.operationId);
    const told = `${answer.body} ${JSON.stringify(answer.headers)}`;
    expect(answerLeaks(told)).toEqual([]);
    expect(told).not.toContain("hunter2");
  });

  it("was so for nearly all", () => {
    expect(failed.size).toBeGreaterThan(operations.length * 0.8);
  });
});
