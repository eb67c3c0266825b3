import { parseEventStream } from "../api/read-events.ts";
import type { Answer } from "../api/send.ts";
import type { Content, Reference, ReferenceOperation } from "./read-reference.ts";
import { createSchemaFaults } from "./schema-faults.ts";

export type AnswerFaults = (operation: ReferenceOperation, answer: Answer) => string[];

const eventStream = "text/event-stream";

/** What speaks against an answer as one that the reference documents for its status. */
export function createAnswerFaults(reference: Reference): AnswerFaults {
  const schemaFaults = createSchemaFaults(reference.schemas);
  return (operation, { status, headers, text, json }) => {
    const response = operation.responses[status];
    if (response === undefined) return [`${status} is not documented`];
    const content = contentOf(operation, response.content);
    const mediaType = (headers["content-type"] ?? "").replace(/ *;.*$/, "");
    if (content === undefined)
      return text === "" && mediaType === "" ? [] : ["an answer without content has some"];
    // RFC 9457's type is what errors have here: JSON to every client (RFC 6839).
    const documented = mediaType === "application/problem+json" ? "application/json" : mediaType;
    const schema = (content[documented] ?? content["*/*"])?.schema;
    if (schema === undefined) return [`the content type ${mediaType} is not documented`];
    if (documented === eventStream) return streamFaults(text);
    return [...schemaFaults(schema, json), ...(status >= 400 ? errorFaults(json) : [])];
  };
}

/** The reference's `GET /runs/{run_id}/stream` streams, as its description says, and names no stream. */
function contentOf(
  { operationId }: ReferenceOperation,
  content: Content | undefined,
): Content | undefined {
  const isUnnamedStream = operationId === "stream_run" && content?.["application/json"];
  const isSuccess = isUnnamedStream && Object.keys(isUnnamedStream.schema).length === 0;
  return isSuccess ? { [eventStream]: { schema: { type: "string" } } } : content;
}

function streamFaults(text: string): string[] {
  const { events } = parseEventStream(text);
  for (const { data } of events) JSON.parse(data);
  const last = events.at(-1)?.event;
  return last === "run.completed" ? [] : [`the stream ends with ${last ?? "nothing"}`];
}

/** The reference requires no field of an `ErrorResponse`; a client needs both. */
function errorFaults(json: unknown): string[] {
  const error: Readonly<Record<string, unknown>> = { ...(json as object) };
  return ["code", "message"].filter((field) => !error[field]).map((field) => `${field} is missing`);
}
