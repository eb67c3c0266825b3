import type { Act } from "@llamaagent/auth";
import { Agent } from "@llamaagent/core";
import {
  createAgent,
  deleteAgent,
  findAgent,
  listAgentVersions,
  updateAgent,
} from "@llamaagent/runs";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { acted } from "../../acted.ts";
import type { ApiDependencies } from "../../api-dependencies.ts";
import { jsonResponse } from "../../schemas/json-response.ts";
import { pageOf } from "../../schemas/page-of.ts";
import { jsonBodyProblems, problemResponses } from "../../schemas/problem-responses.ts";
import { agentDefinition } from "./agent-definition.ts";
import {
  AgentCreate,
  AgentParams,
  AgentPatch,
  AgentVersionList,
  VersionsQuery,
} from "./agents.schemas.ts";
import { patchedAgent } from "./patched-agent.ts";

const tags = ["Agents"];

export function agentRoutes(api: ApiDependencies): FastifyPluginAsyncZod {
  const { db, newId } = api.context;
  return async (app) => {
    app.post(
      "/agents",
      {
        config: { permission: "agents:write", act: "agents.create" },
        schema: {
          tags,
          operationId: "create_agent",
          summary: "Create an agent",
          body: AgentCreate,
          response: {
            201: jsonResponse("The agent, version 1", Agent, ["location"]),
            ...problemResponses(...jsonBodyProblems, "conflict", "not_available"),
          },
        },
      },
      async (request, reply) => {
        const definition = agentDefinition(request.body, api);
        const agent = await acted(db, request, {
          work: (tx) => createAgent(tx, { agentId: newId(), definition }),
          about: aboutAgent,
        });
        return reply.status(201).header("location", `/agents/${agent.agent_id}`).send(agent);
      },
    );

    app.get(
      "/agents/:agent_id",
      {
        config: { permission: "agents:read" },
        schema: {
          tags,
          operationId: "get_agent",
          summary: "Read an agent, by id or name",
          params: AgentParams,
          response: {
            200: jsonResponse("The newest version", Agent),
            ...problemResponses("not_found"),
          },
        },
      },
      async ({ params, principal }) =>
        db.tenant(principal.tenantId, (tx) => findAgent(tx, params.agent_id)),
    );

    app.patch(
      "/agents/:agent_id",
      {
        config: { permission: "agents:write", act: "agents.update" },
        schema: {
          tags,
          operationId: "update_agent",
          summary: "Change an agent: makes its next version; runs keep the one they began with",
          params: AgentParams,
          body: AgentPatch,
          response: {
            200: jsonResponse("The new version", Agent),
            ...problemResponses(...jsonBodyProblems, "not_found", "conflict", "not_available"),
          },
        },
      },
      async (request) => {
        const { params, body } = request;
        return acted(db, request, {
          work: (tx) =>
            updateAgent(tx, params.agent_id, (current) => patchedAgent(current, body, api)),
          about: aboutAgent,
        });
      },
    );

    app.delete(
      "/agents/:agent_id",
      {
        config: { permission: "agents:write", act: "agents.delete" },
        schema: {
          tags,
          operationId: "delete_agent",
          summary: "Delete an agent; its runs go on, and its name is free again",
          params: AgentParams,
          response: {
            204: z.undefined().describe("Deleted"),
            ...problemResponses(...jsonBodyProblems, "not_found"),
          },
        },
      },
      async (request, reply) => {
        await acted(db, request, {
          work: (tx) => deleteAgent(tx, request.params.agent_id),
          about: ({ agentId: id }) => ({ target: { type: "agent", id } }),
        });
        return reply.status(204).send();
      },
    );

    app.get(
      "/agents/:agent_id/versions",
      {
        config: { permission: "agents:read" },
        schema: {
          tags,
          operationId: "list_agent_versions",
          summary: "List an agent's versions, the newest first",
          params: AgentParams,
          querystring: VersionsQuery,
          response: {
            200: jsonResponse("One page of versions", AgentVersionList),
            ...problemResponses("not_found"),
          },
        },
      },
      async ({ params, query: { limit, cursor }, principal }) => {
        const page = {
          limit: limit + 1,
          ...(cursor === undefined ? {} : { before: Number(cursor) }),
        };
        const found = await db.tenant(principal.tenantId, (tx) =>
          listAgentVersions(tx, params.agent_id, page),
        );
        return pageOf(found, limit, ({ version }) => String(version));
      },
    );
  };
}

/** Not what it is told to do. */
const aboutAgent = ({ agent_id: id, name, version, model, tools }: Agent): Omit<Act, "action"> => ({
  target: { type: "agent", id },
  detail: { name, version, model, tools },
});
