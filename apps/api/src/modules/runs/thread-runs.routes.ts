import { AppError, GivenId } from "@llamaagent/core";
import { assertThread, getRun, searchRuns } from "@llamaagent/runs";
import type { FastifyPluginAsync, FastifyRequest, RouteOptions } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { ApiDependencies } from "../../api-dependencies.ts";
import { jsonResponse } from "../../schemas/json-response.ts";
import { pageOf } from "../../schemas/page-of.ts";
import { problemResponses } from "../../schemas/problem-responses.ts";
import { ThreadParams } from "../threads/threads.schemas.ts";
import { runEventRoutes } from "./run-events.routes.ts";
import { runForkRoutes } from "./run-fork.routes.ts";
import { runRetryRoutes } from "./run-retry.routes.ts";
import { RunPageQuery, RunPage } from "./runs.schemas.ts";
import { runRoutes } from "./runs.routes.ts";

/** `/threads/{id}/runs…`: the routes of runs once more, for the runs of one thread. */
export function threadRunRoutes(api: ApiDependencies): FastifyPluginAsync {
  return async (app) => {
    await app.register(listRoute(api));
    await app.register(
      async (scope) => {
        scope.addHook("onRoute", describeOfThread);
        scope.addHook("preHandler", (request) => holdToThread(api, request));
        await scope.register(runRoutes(api));
        await scope.register(runEventRoutes(api));
        await scope.register(runRetryRoutes(api));
        await scope.register(runForkRoutes(api));
      },
      { prefix: "/threads/:thread_id" },
    );
  };
}

function listRoute({ context: { db } }: ApiDependencies): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      "/threads/:thread_id/runs",
      {
        config: { permission: "runs:read" },
        schema: {
          tags: ["Threads"],
          operationId: "list_thread_runs",
          summary: "List a thread's runs, newest first",
          params: ThreadParams,
          querystring: RunPageQuery,
          response: {
            200: jsonResponse("One page of runs", RunPage),
            ...problemResponses("not_found"),
          },
        },
      },
      async ({ params: { thread_id: threadId }, query, principal }) => {
        const { limit, cursor: before, status, state, stop_reason: stopReason } = query;
        const search = { threadId, status, state, stopReason, before, limit: limit + 1 };
        const found = await db.tenant(principal.tenantId, async (tx) => {
          await assertThread(tx, search.threadId);
          return searchRuns(tx, { ...search, offset: 0 });
        });
        return pageOf(found, limit, (run) => run.run_id);
      },
    );
  };
}

/** The routes' own schemas know nothing of the thread in the path. */
function describeOfThread(route: RouteOptions): void {
  const { schema } = route;
  if (schema?.operationId === undefined) return;
  const own = schema.params instanceof z.ZodObject ? schema.params.shape : {};
  route.schema = {
    ...schema,
    tags: ["Threads"],
    operationId: `${schema.operationId}_of_thread`,
    params: z.strictObject({ ...ThreadParams.shape, ...own }),
  };
}

const Path = z.object({ thread_id: GivenId, run_id: GivenId.optional() });
const Body = z.object({ thread_id: z.string().optional() });

/** A run that is named must be the thread's, one that is started becomes it. Error: `not_found`. */
async function holdToThread({ context }: ApiDependencies, request: FastifyRequest): Promise<void> {
  const { thread_id: threadId, run_id: runId } = Path.parse(request.params);
  if (runId !== undefined) {
    const run = await getRun(context, request.principal, runId);
    if (run.thread_id !== threadId)
      throw new AppError("not_found", { detail: "The thread has no such run" });
    return;
  }
  const body = Body.parse(request.body);
  if (body.thread_id !== undefined && body.thread_id !== threadId)
    throw new AppError("invalid_request", {
      errors: [{ pointer: "/thread_id", message: "is another thread than that of the path" }],
    });
  request.body = { ...(request.body as object), thread_id: threadId };
}
