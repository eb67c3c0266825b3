import { Thread, ThreadState } from "@llamaagent/core";
import { copyThread, findCheckpoint, listCheckpoints } from "@llamaagent/runs";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { ApiDependencies } from "../../api-dependencies.ts";
import { jsonResponse } from "../../schemas/json-response.ts";
import { jsonBodyProblems, problemResponses } from "../../schemas/problem-responses.ts";
import { HistoryQuery, StateQuery, ThreadParams } from "./threads.schemas.ts";

const tags = ["Threads"];
const problems = problemResponses("not_found");

export function threadHistoryRoutes(api: ApiDependencies): FastifyPluginAsyncZod {
  const { db, newId } = api.context;
  return async (app) => {
    app.get(
      "/threads/:thread_id/history",
      {
        config: { permission: "threads:read" },
        schema: {
          tags,
          operationId: "get_thread_history",
          summary: "List what a thread was after each change, newest first",
          params: ThreadParams,
          querystring: HistoryQuery,
          response: {
            200: jsonResponse("States of the thread", z.array(ThreadState)),
            ...problems,
          },
        },
      },
      async ({ params, query: { limit, before }, principal }) =>
        db.tenant(principal.tenantId, (tx) =>
          listCheckpoints(tx, params.thread_id, { limit, ...(before && { before }) }),
        ),
    );

    app.get(
      "/threads/:thread_id/state",
      {
        config: { permission: "threads:read" },
        schema: {
          tags,
          operationId: "get_thread_state",
          summary: "Read what a thread is, or was at a checkpoint",
          params: ThreadParams,
          querystring: StateQuery,
          response: { 200: jsonResponse("The state", ThreadState), ...problems },
        },
      },
      async ({ params, query, principal }) =>
        db.tenant(principal.tenantId, (tx) =>
          findCheckpoint(tx, params.thread_id, query.checkpoint_id),
        ),
    );

    app.post(
      "/threads/:thread_id/copy",
      {
        config: { permission: "threads:write" },
        schema: {
          tags,
          operationId: "copy_thread",
          summary: "Copy a thread with its messages, checkpoints and files",
          params: ThreadParams,
          body: z.strictObject({}).optional(),
          response: {
            200: jsonResponse("The new thread", Thread, ["location"]),
            ...problemResponses(...jsonBodyProblems, "not_found"),
          },
        },
      },
      async ({ params, principal }, reply) => {
        const copy = await db.tenant(principal.tenantId, (tx) =>
          copyThread(tx, params.thread_id, newId()),
        );
        return reply.header("location", `/threads/${copy.thread_id}`).send(copy);
      },
    );
  };
}
