import { describe, expect, it } from "vitest";
import { createAnswerFaults } from "./answer-faults.ts";
import type { ReferenceOperation } from "./read-reference.ts";

const json = (name: string) => ({
  content: { "application/json": { schema: { $ref: `#/components/schemas/${name}` } } },
});
const operation: ReferenceOperation = {
  operationId: "get_thread",
  method: "GET",
  path: "/threads/{thread_id}",
  parameters: [],
  responses: {
    200: json("Thread"),
    204: {},
    206: { content: { "*/*": { schema: {} } } },
    404: json("ErrorResponse"),
  },
};
const faultsOf = createAnswerFaults({
  operations: new Map(),
  schemas: {
    Thread: {
      type: "object",
      required: ["created_at"],
      properties: { created_at: { type: "string", format: "date-time" } },
    },
    ErrorResponse: { type: "object" },
  },
});
const answer = (status: number, body: unknown, type = "application/json") => {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const headers = type === "" ? {} : { "content-type": type };
  const parsed = typeof body === "string" ? undefined : body;
  return { status, headers, text, json: parsed, bytes: Buffer.from(text) };
};
const problem = "application/problem+json";
const error = { code: "not_found", message: "No such thread" };

describe("createAnswerFaults", () => {
  it.each([
    [200, { created_at: "2026-11-29T18:00:00Z" }, "application/json; charset=utf-8"],
    [204, "", ""],
    [404, error, problem],
    [206, {}, "text/plain"],
  ])("finds nothing wrong with a %s as documented", (status, body, type) => {
    expect(faultsOf(operation, answer(status, body, type))).toEqual([]);
  });

  it.each([
    ["201 is not documented", 201, {}, "application/json"],
    ["the content type text/html is not documented", 200, "<html>", "text/html"],
    ["the whole must have required property 'created_at'", 200, {}, "application/json"],
    ['/created_at must match format "date-time"', 200, { created_at: "now" }, "application/json"],
    ["an answer without content has some", 204, "gone", ""],
    ["an answer without content has some", 204, "", "application/json"],
    ["message is missing", 404, { code: "not_found" }, problem],
    ["code is missing", 404, { code: "", message: "No such thread" }, problem],
  ])("says that %s", (fault, status, body, type) => {
    expect(faultsOf(operation, answer(status, body, type))).toEqual([fault]);
  });

  it("reads the stream of an operation that names none, to its end", () => {
    const content = { "application/json": { schema: {} } };
    const responses = { 200: { content }, 404: json("ErrorResponse") };
    const streamed = { ...operation, operationId: "stream_run", responses };
    const text = (last: string) =>
      `id: 1-1\nevent: run.started\ndata: {}\n\nid: 1-2\nevent: ${last}\ndata: {}\n\n`;
    const faults = (last: string) =>
      faultsOf(streamed, answer(200, text(last), "text/event-stream"));
    expect(faults("run.completed")).toEqual([]);
    expect(faults("message.delta")).toEqual(["the stream ends with message.delta"]);
    expect(faultsOf(streamed, answer(404, error, problem))).toEqual([]);
    const cut = answer(200, "id: 1-1\nevent: run.completed\ndata: {\n\n", "text/event-stream");
    expect(() => faultsOf(streamed, cut)).toThrow("JSON");
  });
});
