import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { jsonResponse } from "../../schemas/json-response.ts";
import { problemResponses } from "../../schemas/problem-responses.ts";
import { Liveness, Readiness } from "./health.schemas.ts";
import { type Probed, readiness } from "./readiness.ts";

const tags = ["Operations"];

export function healthRoutes(api: Probed): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      "/health/live",
      {
        logLevel: "warn",
        config: { permission: "public", isProbe: true },
        schema: {
          tags,
          operationId: "get_liveness",
          summary: "Whether the process answers",
          security: [],
          response: { 200: jsonResponse("It does", Liveness), ...problemResponses() },
        },
      },
      async () => ({ status: "ok" as const }),
    );

    app.get(
      "/health/ready",
      {
        logLevel: "warn",
        config: { permission: "public", isProbe: true },
        schema: {
          tags,
          operationId: "get_readiness",
          summary: "Whether requests can be served, and the state of what they need",
          security: [],
          response: {
            ...problemResponses(),
            200: jsonResponse("Ready", Readiness),
            503: jsonResponse("Not ready", Readiness),
          },
        },
      },
      async (_request, reply) => {
        const state = await readiness(api);
        return reply.status(state.status === "ok" ? 200 : 503).send(state);
      },
    );
  };
}
