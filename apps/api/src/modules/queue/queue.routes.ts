import { dropDeadLetter, listDeadLetters, readQueueStats } from "@llamaagent/runs";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { ApiDependencies } from "../../api-dependencies.ts";
import { jsonResponse } from "../../schemas/json-response.ts";
import { pageOf } from "../../schemas/page-of.ts";
import { jsonBodyProblems, problemResponses } from "../../schemas/problem-responses.ts";
import { RunPage, RunParams } from "../runs/runs.schemas.ts";
import { DeadQuery, QueueStats } from "./queue.schemas.ts";

const tags = ["Queue"];

export function queueRoutes({ context: { db } }: ApiDependencies): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      "/queue/stats",
      {
        config: { permission: "queue:read" },
        schema: {
          tags,
          operationId: "get_queue_stats",
          summary: "How much waits, for how long, and which workers are there",
          response: {
            200: jsonResponse("Counts of the runs that have not ended", QueueStats),
            ...problemResponses(),
          },
        },
      },
      async ({ principal }) => db.tenant(principal.tenantId, readQueueStats),
    );

    app.get(
      "/queue/dead",
      {
        config: { permission: "queue:read" },
        schema: {
          tags,
          operationId: "list_dead_letters",
          summary:
            "List runs that ended in error or timed out and were neither retried nor dropped, newest first",
          querystring: DeadQuery,
          response: {
            200: jsonResponse("One page of runs", RunPage),
            ...problemResponses(),
          },
        },
      },
      async ({ query: { limit, cursor, reason }, principal }) => {
        const page = { reason, before: cursor, limit: limit + 1 };
        const found = await db.tenant(principal.tenantId, (tx) => listDeadLetters(tx, page));
        return pageOf(found, limit, (run) => run.run_id);
      },
    );

    app.delete(
      "/queue/dead/:run_id",
      {
        config: { permission: "queue:write" },
        schema: {
          tags,
          operationId: "drop_dead_letter",
          summary: "Take a run off the list of dead letters; the run itself stays",
          params: RunParams,
          response: {
            204: z.undefined().describe("Dropped"),
            ...problemResponses(...jsonBodyProblems, "not_found"),
          },
        },
      },
      async ({ params, principal }, reply) => {
        await db.tenant(principal.tenantId, (tx) => dropDeadLetter(tx, params.run_id));
        return reply.status(204).send();
      },
    );
  };
}
