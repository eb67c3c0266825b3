import { inProcessAdapters, type RunsContext } from "@llamaagent/runs";
import fastify from "fastify";
import { expect, it } from "vitest";
import { createOpenRequests } from "../../open-requests.ts";
import { validateRequests } from "../../plugins/validation.ts";
import { healthRoutes } from "./health.routes.ts";

it("is ready until the server closes, whatever the database says", async () => {
  const app = fastify();
  validateRequests(app);
  const openRequests = createOpenRequests();
  const db = { system: async () => [] };
  const adapters = inProcessAdapters();
  await app.register(
    healthRoutes({
      context: { db, ...adapters } as unknown as RunsContext, // the probe asks for no more of it
      openRequests,
      usesRedis: false,
    }),
  );
  const ask = async () => {
    const answer = await app.inject("/health/ready");
    return { status: answer.statusCode, body: answer.json() };
  };
  const body = { database: "up", redis: "not_used" };
  expect(await ask()).toEqual({ status: 200, body: { status: "ok", ...body } });
  openRequests.announceClose();
  expect(await ask()).toEqual({ status: 503, body: { status: "unavailable", ...body } });
  expect((await app.inject("/health/live")).statusCode).toBe(200);
  await adapters.close();
});
