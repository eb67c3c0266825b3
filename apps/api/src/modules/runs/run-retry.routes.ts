import { Run } from "@llamaagent/core";
import { retryRun } from "@llamaagent/runs";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import type { ApiDependencies } from "../../api-dependencies.ts";
import { jsonResponse } from "../../schemas/json-response.ts";
import { problemResponses } from "../../schemas/problem-responses.ts";
import { RunParams, RunRetry } from "./runs.schemas.ts";

export function runRetryRoutes({ context }: ApiDependencies): FastifyPluginAsyncZod {
  return async (app) => {
    app.post(
      "/runs/:run_id/retry",
      {
        config: { permission: "runs:write" },
        schema: {
          tags: ["Runs"],
          operationId: "retry_run",
          summary:
            "Take up an ended run where it came to nothing: what it had done is not done again",
          params: RunParams,
          body: RunRetry.default({}),
          response: {
            200: jsonResponse(
              "The new run; asked again, that one, which may be retried itself",
              Run,
            ),
            ...problemResponses("invalid_json", "not_found", "conflict", "invalid_request"),
          },
        },
      },
      async ({ params, body, principal }, reply) => {
        const retry = { fromStep: body.from_step };
        const run = await retryRun(context, principal, params.run_id, retry);
        return reply.header("location", `/runs/${run.run_id}`).send(run);
      },
    );
  };
}
