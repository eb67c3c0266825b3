import { Run } from "@llamaagent/core";
import {
  admitRun,
  cancelRun,
  deleteRun,
  getRun,
  listRunSteps,
  resumeRun,
  rollBackRun,
} from "@llamaagent/runs";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { ApiDependencies } from "../../api-dependencies.ts";
import { jsonResponse } from "../../schemas/json-response.ts";
import { jsonBodyProblems, problemResponses } from "../../schemas/problem-responses.ts";
import { cancelWhenGone } from "./cancel-when-gone.ts";
import { RunCreate, RunCreateHeaders } from "./run-create.schemas.ts";
import { CancelQuery, RunParams, RunResume, RunStepList, RunWaitResponse } from "./runs.schemas.ts";
import { waitForRun } from "./wait-for-run.ts";

const tags = ["Runs"];
const admissionProblems = problemResponses(
  ...jsonBodyProblems,
  "not_found",
  "conflict",
  "not_available",
  "idempotency_key_reused",
);

export function runRoutes(api: ApiDependencies): FastifyPluginAsyncZod {
  const { context, openRequests } = api;
  return async (app) => {
    app.post(
      "/runs",
      {
        config: { permission: "runs:write", startsRuns: true },
        schema: {
          tags,
          operationId: "create_run",
          summary: "Start a run in the background",
          headers: RunCreateHeaders,
          body: RunCreate,
          response: {
            200: jsonResponse("The run, which ends whatever process dies next", Run, [
              "content-location",
              "location",
            ]),
            ...admissionProblems,
          },
        },
      },
      async ({ body, headers, principal }, reply) => {
        const wanted = api.admission(body, headers);
        const { run } = await admitRun(context, principal, wanted);
        return reply.headers(runLocation(run)).header("location", `/runs/${run.run_id}`).send(run);
      },
    );

    app.post(
      "/runs/wait",
      {
        config: { permission: "runs:write", startsRuns: true },
        schema: {
          tags,
          operationId: "create_run_and_wait",
          summary: "Start a run and wait for its end, or until it waits for a person",
          headers: RunCreateHeaders,
          body: RunCreate,
          response: {
            200: jsonResponse("The run and its messages", RunWaitResponse, ["content-location"]),
            ...admissionProblems,
          },
        },
      },
      async (request, reply) => {
        const { body, headers, principal } = request;
        const signal = openRequests.track(reply.raw, principal);
        const wanted = api.admission(body, headers);
        const { run, ...rest } = await admitRun(context, principal, wanted);
        cancelWhenGone(api, request, { run, signal });
        const answer = await waitForRun(api, principal, run.run_id, { signal, ...rest });
        return reply.headers(runLocation(run)).send(answer);
      },
    );

    app.get(
      "/runs/:run_id",
      {
        config: { permission: "runs:read" },
        schema: {
          tags,
          operationId: "get_run",
          summary: "Read a run",
          params: RunParams,
          response: {
            200: jsonResponse("The run as it is now", Run),
            ...problemResponses("not_found"),
          },
        },
      },
      async ({ params, principal }) => getRun(context, principal, params.run_id),
    );

    app.get(
      "/runs/:run_id/wait",
      {
        exposeHeadRoute: false,
        config: { permission: "runs:read" },
        schema: {
          tags,
          operationId: "wait_run",
          summary: "Wait for a run's end, or until it waits for a person",
          params: RunParams,
          response: {
            200: jsonResponse("The run and its messages", RunWaitResponse),
            ...problemResponses("not_found"),
          },
        },
      },
      async ({ params, principal }, reply) =>
        waitForRun(api, principal, params.run_id, {
          signal: openRequests.track(reply.raw, principal),
        }),
    );

    app.get(
      "/runs/:run_id/steps",
      {
        config: { permission: "runs:read" },
        schema: {
          tags,
          operationId: "list_run_steps",
          summary: "List a run's steps: model and tool calls, in the order in which they began",
          params: RunParams,
          response: {
            200: jsonResponse("All steps so far", RunStepList),
            ...problemResponses("not_found"),
          },
        },
      },
      async ({ params, principal }) => ({
        items: await listRunSteps(context, principal, params.run_id),
      }),
    );

    app.post(
      "/runs/:run_id/cancel",
      {
        config: { permission: "runs:write" },
        schema: {
          tags,
          operationId: "cancel_run",
          summary: "Cancel a run; one that has ended stays as it is",
          params: RunParams,
          querystring: CancelQuery,
          body: z.strictObject({}).optional(),
          response: {
            204: z.undefined().describe("Nothing new starts more than a second later"),
            ...problemResponses(...jsonBodyProblems, "not_found"),
          },
        },
      },
      async ({ params, query, principal }, reply) => {
        const isRolledBack = query.action === "rollback";
        const isWaitedFor = query.wait === "true" && !isRolledBack;
        const signal = isWaitedFor ? openRequests.track(reply.raw, principal) : undefined;
        await (isRolledBack ? rollBackRun : cancelRun)(context, principal, params.run_id);
        if (signal) await waitForRun(api, principal, params.run_id, { signal });
        return reply.status(204).send();
      },
    );

    app.delete(
      "/runs/:run_id",
      {
        config: { permission: "runs:write" },
        schema: {
          tags,
          operationId: "delete_run",
          summary: "Remove a run, its steps and events; one that has not ended is ended first",
          params: RunParams,
          response: {
            204: z.undefined().describe("What it added to its thread stays there"),
            ...problemResponses(...jsonBodyProblems, "not_found"),
          },
        },
      },
      async ({ params, principal }, reply) => {
        await deleteRun(context, principal, params.run_id);
        return reply.status(204).send();
      },
    );

    app.post(
      "/runs/:run_id/resume",
      {
        config: { permission: "runs:write" },
        schema: {
          tags,
          operationId: "resume_run",
          summary: "Settle a step whose outcome is unknown; with the last of them the run goes on",
          params: RunParams,
          body: RunResume,
          response: {
            200: jsonResponse("The run as it is now", Run),
            ...problemResponses(...jsonBodyProblems, "not_found", "conflict"),
          },
        },
      },
      async ({ params, body, principal }) => {
        const { output, ...settlement } = { output: undefined, ...body };
        return resumeRun(context, principal, params.run_id, {
          ...settlement,
          ...(output === undefined ? {} : { output }),
        });
      },
    );
  };
}

/** Whose state the answer to an admission is. */
function runLocation(run: Run): Record<string, string> {
  return { "content-location": `/runs/${run.run_id}` };
}
