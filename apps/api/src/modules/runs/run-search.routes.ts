import { isAppError, type Principal, Run } from "@llamaagent/core";
import { cancelRuns, findAgent, findOpenRuns, isAgentId, searchRuns } from "@llamaagent/runs";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { ApiDependencies } from "../../api-dependencies.ts";
import { jsonResponse } from "../../schemas/json-response.ts";
import { pageOf } from "../../schemas/page-of.ts";
import { jsonBodyProblems, problemResponses } from "../../schemas/problem-responses.ts";
import { RunSearch, RunsCancel, RunsCancelled } from "./run-search.schemas.ts";

const tags = ["Runs"];
const problems = problemResponses(...jsonBodyProblems);
const NOBODY = "00000000-0000-0000-0000-000000000000";

export function runSearchRoutes({ context }: ApiDependencies): FastifyPluginAsyncZod {
  const { db } = context;

  /** Its id; of a name that nobody has one that no run has. */
  const agentIdOf = async (
    tenantId: string,
    agent: string | undefined,
  ): Promise<string | undefined> => {
    if (agent === undefined || isAgentId(agent)) return agent;
    try {
      return (await db.tenant(tenantId, (tx) => findAgent(tx, agent))).agent_id;
    } catch (error) {
      if (isAppError(error, "not_found")) return NOBODY;
      throw error;
    }
  };

  const openRuns = async (principal: Principal, wanted: RunsCancel, limit: number) => {
    const { metadata, status, state, stop_reason: stopReason, thread_id: threadId } = wanted;
    const agentId = await agentIdOf(principal.tenantId, wanted.agent_id);
    const filter = { metadata, status, state, stopReason, threadId, agentId };
    return findOpenRuns(context, principal, { ...filter, limit });
  };

  return async (app) => {
    app.post(
      "/runs/search",
      {
        config: { permission: "runs:read" },
        schema: {
          tags,
          operationId: "search_runs",
          summary: "Find runs, newest first",
          body: RunSearch,
          response: {
            200: jsonResponse(
              "Runs; the header `x-next-cursor` leads to the next page, where there is one",
              z.array(Run),
              ["x-next-cursor"],
            ),
            ...problems,
          },
        },
      },
      async ({ body, principal: { tenantId } }, reply) => {
        const { thread_id: threadId, agent_id: agent, stop_reason: stopReason, ...rest } = body;
        const { cursor: before, limit } = rest;
        const agentId = await agentIdOf(tenantId, agent);
        const search = { ...rest, threadId, agentId, stopReason, before, limit: limit + 1 };
        const found = await db.tenant(tenantId, (tx) => searchRuns(tx, search));
        const { items, next_cursor: next } = pageOf(found, limit, (run) => run.run_id);
        if (next !== undefined) reply.header("x-next-cursor", next);
        return reply.send(items);
      },
    );

    app.post(
      "/runs/cancel",
      {
        config: { permission: "runs:write" },
        schema: {
          tags,
          operationId: "cancel_runs",
          summary: "Cancel up to 100 runs, by their ids or by what they have in common",
          body: RunsCancel,
          response: { 200: jsonResponse("What came of each", RunsCancelled), ...problems },
        },
      },
      async ({ body, principal }) => {
        const { run_ids: ids, limit = 100 } = body;
        if (ids !== undefined)
          return { items: await cancelRuns(context, principal, ids), has_more: false };
        const found = await openRuns(principal, body, limit + 1);
        const items = await cancelRuns(context, principal, found.slice(0, limit));
        return { items, has_more: found.length > limit };
      },
    );
  };
}
