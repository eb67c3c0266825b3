import { AppError, isAppError, Run } from "@llamaagent/core";
import { admitRun, getRun, stateBefore } from "@llamaagent/runs";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import type { ApiDependencies } from "../../api-dependencies.ts";
import { jsonResponse } from "../../schemas/json-response.ts";
import { jsonBodyProblems, problemResponses } from "../../schemas/problem-responses.ts";
import { knownAgainBy } from "./admission.ts";
import { forkOf } from "./fork-of.ts";
import { RunCreateHeaders } from "./run-create.schemas.ts";
import { RunFork } from "./run-fork.schemas.ts";
import { RunParams } from "./runs.schemas.ts";

export function runForkRoutes({ context }: ApiDependencies): FastifyPluginAsyncZod {
  return async (app) => {
    app.post(
      "/runs/:run_id/fork",
      {
        config: { permission: "runs:write", startsRuns: true },
        schema: {
          tags: ["Runs"],
          operationId: "fork_run",
          summary: "Start a run from where its thread stood before this one",
          params: RunParams,
          headers: RunCreateHeaders,
          body: RunFork.default({}),
          response: {
            200: jsonResponse("The new run", Run, ["location"]),
            ...problemResponses(
              ...jsonBodyProblems,
              "not_found",
              "conflict",
              "not_available",
              "idempotency_key_reused",
            ),
          },
        },
      },
      async ({ params, headers, body, principal }, reply) => {
        const run = await getRun(context, principal, params.run_id);
        const { thread_id: threadId } = run;
        const checkpointId =
          threadId === undefined
            ? undefined
            : await context.db.tenant(principal.tenantId, (tx) =>
                stateBefore(tx, threadId, run.run_id),
              );
        if (checkpointId === undefined)
          throw new AppError("conflict", {
            detail: run.state === "ended" ? "The run changed no thread" : "The run has not ended",
          });
        const known = knownAgainBy(headers, { fork_of: run.run_id, ...body });
        const wanted = { ...forkOf(run, body), checkpointId, ...known };
        const { run: fork } = await admitRun(context, principal, wanted).catch(refuseGone);
        return reply.header("location", `/runs/${fork.run_id}`).send(fork);
      },
    );
  };
}

/** What is not found is nothing that the request names. */
function refuseGone(error: unknown): never {
  throw isAppError(error, "not_found")
    ? new AppError("conflict", { detail: "The run's agent or thread is gone: start a new run" })
    : error;
}
