import { Thread } from "@llamaagent/core";
import { createThread, findThread } from "@llamaagent/runs";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import type { ApiDependencies } from "../../api-dependencies.ts";
import { jsonResponse } from "../../schemas/json-response.ts";
import { problemResponses } from "../../schemas/problem-responses.ts";
import { ThreadCreate, ThreadParams } from "./threads.schemas.ts";

const tags = ["Threads"];

export function threadRoutes(api: ApiDependencies): FastifyPluginAsyncZod {
  const { db, newId } = api.context;
  return async (app) => {
    app.post(
      "/threads",
      {
        config: { permission: "threads:write" },
        schema: {
          tags,
          operationId: "create_thread",
          summary: "Create a thread",
          body: ThreadCreate,
          response: {
            200: jsonResponse("The thread", Thread),
            ...problemResponses("invalid_json", "conflict", "invalid_request"),
          },
        },
      },
      async ({ body, principal }, reply) => {
        const { thread_id: threadId = newId(), metadata, if_exists: ifExists } = body;
        const thread = await db.tenant(principal.tenantId, (tx) =>
          createThread(tx, { threadId, metadata, ifExists }),
        );
        return reply.header("location", `/threads/${thread.thread_id}`).send(thread);
      },
    );

    app.get(
      "/threads/:thread_id",
      {
        config: { permission: "threads:read" },
        schema: {
          tags,
          operationId: "get_thread",
          summary: "Read a thread with its messages",
          params: ThreadParams,
          response: {
            200: jsonResponse("The thread as it is now", Thread),
            ...problemResponses("not_found", "invalid_request"),
          },
        },
      },
      async ({ params, principal }) =>
        db.tenant(principal.tenantId, (tx) => findThread(tx, params.thread_id)),
    );
  };
}
