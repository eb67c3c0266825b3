import { AppError, Run } from "@llamaagent/core";
import { admitRun, getRun, stateBefore } from "@llamaagent/runs";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import type { ApiDependencies } from "../../api-dependencies.ts";
import { jsonResponse } from "../../schemas/json-response.ts";
import { problemResponses } from "../../schemas/problem-responses.ts";
import { forkOf } from "./fork-of.ts";
import { RunFork } from "./run-fork.schemas.ts";
import { RunParams } from "./runs.schemas.ts";

export function runForkRoutes({ context }: ApiDependencies): FastifyPluginAsyncZod {
  return async (app) => {
    app.post(
      "/runs/:run_id/fork",
      {
        config: { permission: "runs:write" },
        schema: {
          tags: ["Runs"],
          operationId: "fork_run",
          summary: "Start a run from where its thread stood before this one",
          params: RunParams,
          body: RunFork.default({}),
          response: {
            200: jsonResponse("The new run", Run),
            ...problemResponses(
              "invalid_json",
              "not_found",
              "conflict",
              "invalid_request",
              "not_available",
            ),
          },
        },
      },
      async ({ params, body, principal }, reply) => {
        const run = await getRun(context, principal, params.run_id);
        const { thread_id: threadId } = run;
        const checkpointId =
          threadId === undefined
            ? undefined
            : await context.db.tenant(principal.tenantId, (tx) =>
                stateBefore(tx, threadId, run.run_id),
              );
        if (checkpointId === undefined)
          throw new AppError("conflict", { detail: "The run changed no thread" });
        const wanted = { ...forkOf(run, body), checkpointId };
        const { run: fork } = await admitRun(context, principal, wanted);
        return reply.header("location", `/runs/${fork.run_id}`).send(fork);
      },
    );
  };
}
