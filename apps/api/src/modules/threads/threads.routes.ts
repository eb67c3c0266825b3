import { Thread, ThreadSummary } from "@llamaagent/core";
import {
  createThread,
  deleteThread,
  findThread,
  patchThread,
  searchThreads,
} from "@llamaagent/runs";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { ApiDependencies } from "../../api-dependencies.ts";
import { jsonResponse } from "../../schemas/json-response.ts";
import { jsonBodyProblems, problemResponses } from "../../schemas/problem-responses.ts";
import { storedMessages } from "../runs/run-messages.ts";
import { ThreadCreate, ThreadParams, ThreadPatch, ThreadSearch } from "./threads.schemas.ts";

const tags = ["Threads"];

export function threadRoutes(api: ApiDependencies): FastifyPluginAsyncZod {
  const { context } = api;
  const { db, newId } = context;
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
            200: jsonResponse("The thread", Thread, ["location"]),
            ...problemResponses(...jsonBodyProblems, "conflict"),
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
            ...problemResponses("not_found"),
          },
        },
      },
      async ({ params, principal }) =>
        db.tenant(principal.tenantId, (tx) => findThread(tx, params.thread_id)),
    );

    app.post(
      "/threads/search",
      {
        config: { permission: "threads:read" },
        schema: {
          tags,
          operationId: "search_threads",
          summary: "Find threads, newest first",
          body: ThreadSearch,
          response: {
            200: jsonResponse("Threads without their messages", z.array(ThreadSummary)),
            ...problemResponses(...jsonBodyProblems),
          },
        },
      },
      async ({ body, principal }) => db.tenant(principal.tenantId, (tx) => searchThreads(tx, body)),
    );

    app.patch(
      "/threads/:thread_id",
      {
        config: { permission: "threads:write" },
        schema: {
          tags,
          operationId: "patch_thread",
          summary: "Change a thread: metadata, values, messages, or the state it goes on from",
          params: ThreadParams,
          body: ThreadPatch,
          response: {
            200: jsonResponse("The thread as it is now", Thread),
            ...problemResponses(...jsonBodyProblems, "not_found", "not_available"),
          },
        },
      },
      async ({ params, body, principal }) => {
        const { metadata, values, messages, checkpoint } = body;
        const patch = {
          metadata,
          values,
          from: checkpoint?.checkpoint_id,
          messages: messages && storedMessages(messages),
        };
        return db.tenant(principal.tenantId, (tx) =>
          patchThread(tx, params.thread_id, patch, newId),
        );
      },
    );

    app.delete(
      "/threads/:thread_id",
      {
        config: { permission: "threads:write" },
        schema: {
          tags,
          operationId: "delete_thread",
          summary: "Remove a thread with its messages, checkpoints, files and runs",
          params: ThreadParams,
          response: {
            204: z.undefined().describe("Its runs have ended, and nothing of them comes later"),
            ...problemResponses(...jsonBodyProblems, "not_found"),
          },
        },
      },
      async ({ params, principal }, reply) => {
        await deleteThread(context, principal, params.thread_id);
        return reply.status(204).send();
      },
    );
  };
}
