import { expect, it } from "vitest";
import type { ReferenceOperation } from "./read-reference.ts";
import { createRequestFaults } from "./request-faults.ts";

const operation: ReferenceOperation = {
  operationId: "create_run",
  method: "POST",
  path: "/threads/{thread_id}/runs",
  parameters: [
    { name: "thread_id", in: "path", required: true, schema: { type: "string", format: "uuid" } },
    { name: "limit", in: "query", required: false, schema: { type: "integer" } },
  ],
  requestBody: {
    content: { "application/json": { schema: { $ref: "#/components/schemas/RunStream" } } },
  },
  responses: {},
};
const faultsOf = createRequestFaults({
  operations: new Map(),
  schemas: {
    RunStream: {
      required: ["run_id"],
      properties: { input: { type: "string" } },
      type: "object",
    },
  },
});
const path = { thread_id: "01900000-0000-7000-8000-000000000000" };

it("takes a request that the reference describes, without what only a Run has", () => {
  expect(faultsOf(operation, { path, query: { limit: 1 }, body: { input: "a" } })).toEqual([]);
});

it("says what the reference does not know, or wants otherwise", () => {
  const query = { limit: "many", cursor: "a" };
  const wrong = { path: { run_id: "a" }, query, body: { input: 1 } };
  expect(faultsOf(operation, wrong)).toEqual([
    "thread_id is required in the path",
    "query limit: the whole must be integer",
    "run_id is no parameter",
    "cursor is no parameter",
    "body: /input must be string",
  ]);
  const { requestBody: _, ...bodiless } = operation;
  expect(faultsOf(bodiless, { path })).toEqual([]);
  expect(faultsOf(bodiless, { path, body: {} })).toEqual(["there is no body"]);
});
