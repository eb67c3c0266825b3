import { Run } from "@llamaagent/core";
import { retryRun } from "@llamaagent/runs";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import type { ApiDependencies } from "../../api-dependencies.ts";
import { jsonResponse } from "../../schemas/json-response.ts";
import { jsonBodyProblems, problemResponses } from "../../schemas/problem-responses.ts";
import { isRepeat } from "./admission.ts";
import { RunCreateHeaders } from "./run-create.schemas.ts";
import { RunParams, RunRetry } from "./runs.schemas.ts";

/** Asked again it is one run by itself: it needs no key. */
const RunRetryHeaders = RunCreateHeaders.omit({ "idempotency-key": true });

export function runRetryRoutes({ context }: ApiDependencies): FastifyPluginAsyncZod {
  return async (app) => {
    app.post(
      "/runs/:run_id/retry",
      {
        config: { permission: "runs:write", startsRuns: true },
        schema: {
          tags: ["Runs"],
          operationId: "retry_run",
          summary:
            "Take up an ended run where it came to nothing: what it had done is not done again",
          params: RunParams,
          headers: RunRetryHeaders,
          body: RunRetry.default({}),
          response: {
            200: jsonResponse(
              "The new run; asked again, that one, which may be retried itself",
              Run,
              ["location"],
            ),
            ...problemResponses(...jsonBodyProblems, "not_found", "conflict"),
          },
        },
      },
      async ({ params, headers, body, principal }, reply) => {
        const retry = { fromStep: body.from_step, isRepeat: isRepeat(headers) };
        const run = await retryRun(context, principal, params.run_id, retry);
        return reply.header("location", `/runs/${run.run_id}`).send(run);
      },
    );
  };
}
