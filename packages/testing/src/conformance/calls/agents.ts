import { expect } from "vitest";
import type { OperationCalls } from "../call.ts";

export const agentCalls: OperationCalls = {
  search_agents: [
    {
      name: "by name",
      status: 200,
      request: ({ agentId }) => ({
        body: { name: "conforming" },
        answer: [expect.objectContaining({ agent_id: agentId, name: "conforming" })],
      }),
    },
    {
      name: "by metadata, one and then the next",
      status: 200,
      request: async ({ ask }) => {
        const search = { metadata: { of: "conformance" }, limit: 1 };
        const first = await ask("POST", "/agents/search", search);
        const other = [expect.not.objectContaining({ agent_id: idOfFirst(first) })];
        return { body: { ...search, offset: 1 }, answer: other };
      },
    },
    {
      name: "what is not there",
      status: 200,
      request: ({ marker }) => ({ body: { metadata: { of: marker() } }, answer: [] }),
    },
    { name: "too many", status: 422, request: () => ({ body: { limit: 1001 } }) },
    { name: "a negative offset", status: 422, request: () => ({ body: { offset: -1 } }) },
  ],
  get_agent: [
    {
      name: "one that is there",
      status: 200,
      request: ({ agentId }) => ({
        path: { agent_id: agentId },
        answer: expect.objectContaining({ agent_id: agentId, name: "conforming" }),
      }),
    },
    {
      name: "an unknown one",
      status: 404,
      request: ({ unknownId }) => ({ path: { agent_id: unknownId() } }),
    },
  ],
  get_agent_schemas: [
    {
      name: "of one that is there",
      status: 200,
      request: ({ agentId }) => ({
        path: { agent_id: agentId },
        answer: expect.objectContaining({ agent_id: agentId }),
      }),
    },
    {
      name: "of an unknown one",
      status: 404,
      request: ({ unknownId }) => ({ path: { agent_id: unknownId() } }),
    },
    { name: "of no name", status: 422, request: () => ({ path: { agent_id: "a b" } }) },
  ],
};

function idOfFirst(agents: unknown): unknown {
  return Array.isArray(agents) ? (agents[0] as { agent_id: string }).agent_id : undefined;
}
