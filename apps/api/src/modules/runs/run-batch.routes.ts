import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import type { ApiDependencies } from "../../api-dependencies.ts";
import { jsonResponse } from "../../schemas/json-response.ts";
import { jsonBodyProblems, problemResponses } from "../../schemas/problem-responses.ts";
import { admitBatch } from "./admit-batch.ts";
import { RunBatch, RunBatchCreated, RunBatchHeaders } from "./run-batch.schemas.ts";

export function runBatchRoutes(api: ApiDependencies): FastifyPluginAsyncZod {
  return async (app) => {
    app.post(
      "/runs/batch",
      {
        config: { permission: "runs:write", startsRuns: true },
        schema: {
          tags: ["Runs"],
          operationId: "create_runs",
          summary: "Start up to 100 runs in the background, each with its own outcome",
          headers: RunBatchHeaders,
          body: RunBatch,
          response: {
            200: jsonResponse("What came of each", RunBatchCreated),
            ...problemResponses(...jsonBodyProblems, "idempotency_key_reused"),
          },
        },
      },
      async ({ body, headers, principal }) => ({
        items: await admitBatch(api, principal, body, headers),
      }),
    );
  };
}
