import { findAgent, searchAgents } from "@llamaagent/runs";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import type { ApiDependencies } from "../../api-dependencies.ts";
import { jsonResponse } from "../../schemas/json-response.ts";
import { jsonBodyProblems, problemResponses } from "../../schemas/problem-responses.ts";
import { agentSchema } from "./agent-schema.ts";
import { AgentSchema, AgentSearch, AgentsFound } from "./agent-search.schemas.ts";
import { AgentParams } from "./agents.schemas.ts";

const tags = ["Agents"];

/** What a client that knows none of the agents begins with. */
export function agentCatalogueRoutes(api: ApiDependencies): FastifyPluginAsyncZod {
  const { db } = api.context;
  return async (app) => {
    app.post(
      "/agents/search",
      {
        config: { permission: "agents:read" },
        schema: {
          tags,
          operationId: "search_agents",
          summary: "Search agents by name and metadata, the newest first",
          body: AgentSearch,
          response: {
            200: jsonResponse("The newest versions; fewer than `limit` are the last", AgentsFound),
            ...problemResponses(...jsonBodyProblems),
          },
        },
      },
      async ({ body, principal }) => db.tenant(principal.tenantId, (tx) => searchAgents(tx, body)),
    );

    app.get(
      "/agents/:agent_id/schemas",
      {
        config: { permission: "agents:read" },
        schema: {
          tags,
          operationId: "get_agent_schemas",
          summary: "Read the JSON Schemas of what an agent takes, answers and keeps",
          params: AgentParams,
          response: {
            200: jsonResponse("JSON Schemas", AgentSchema),
            ...problemResponses("not_found"),
          },
        },
      },
      async ({ params, principal }) => {
        const find = db.tenant(principal.tenantId, (tx) => findAgent(tx, params.agent_id));
        return agentSchema((await find).agent_id);
      },
    );
  };
}
