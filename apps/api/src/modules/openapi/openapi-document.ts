import type { FastifyInstance } from "fastify";
import { answerHeaders } from "../../schemas/answer-headers.ts";

type Node = { [key: string]: unknown };

const prefix = "#/components/schemas/";

/**
 * The document with the components that it refers to. Every schema is offered twice, as `X` and as
 * `XInput`: what only requests use, or is the same in both, is named `X`.
 */
export function openApiDocument(app: FastifyInstance): object {
  // JSON text and back: no undefined, no shared objects, no prototypes.
  const document = JSON.parse(JSON.stringify(app.swagger())) as Node & {
    paths: Node;
    components: Node & { schemas: Node };
  };
  for (const operations of Object.values(document.paths) as Record<string, Operation>[])
    for (const operation of Object.values(operations)) {
      markOptionalBody(operation);
      referToHeaders(operation);
    }
  document.components["headers"] = answerHeaders;
  const { schemas } = document.components;
  const used = new Set<string>();
  const open = referencesIn(document.paths);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (used.has(name)) continue;
    used.add(name);
    open.push(...referencesIn(schemas[name]));
  }
  document.components.schemas = Object.fromEntries(
    [...used].toSorted().map((name) => [name, schemas[name]]),
  );
  return renamed(document, schemas, used);
}

/** Of a route's description: @fastify/swagger takes every body for required. */
export const OPTIONAL_BODY = "x-optional-body";

/** Of a route's description: @fastify/swagger writes each header out, and cannot refer to one. */
export const ANSWER_HEADERS = "x-answer-headers";
/** By status. */
export type AnswerHeaders = Readonly<Record<string, readonly string[]>>;

/** Of a request that did not come in time there is no id. */
const WITHOUT_ID = ["408"];

function markOptionalBody(operation: Operation): void {
  if (operation[OPTIONAL_BODY] && operation.requestBody) operation.requestBody.required = false;
  delete operation[OPTIONAL_BODY];
}

function referToHeaders(operation: Operation): void {
  for (const [status, response] of Object.entries(operation.responses)) {
    const own = operation[ANSWER_HEADERS]?.[status] ?? [];
    const limits = isLimited(operation, status) ? ["ratelimit", "ratelimit-policy"] : [];
    const names = WITHOUT_ID.includes(status) ? own : [...own, ...limits, "x-request-id"];
    if (names.length > 0)
      response.headers = Object.fromEntries(
        names.map((name) => [name, { $ref: `#/components/headers/${name}` }]),
      );
  }
  delete operation[ANSWER_HEADERS];
}

/** What is let through, and what is refused as too much, says how much is left. */
function isLimited(operation: Operation, status: string): boolean {
  const isPublic = operation["x-permission"] === "public";
  return !isPublic && (status.startsWith("2") || status === "429");
}

interface Operation {
  "x-permission"?: string;
  [OPTIONAL_BODY]?: boolean;
  [ANSWER_HEADERS]?: AnswerHeaders;
  requestBody?: { required: boolean };
  responses: Record<string, { headers?: Node }>;
}

function referencesIn(value: unknown): string[] {
  const names: string[] = [];
  JSON.stringify(value, (key, inner: unknown) => {
    if (key === "$ref" && typeof inner === "string" && inner.startsWith(prefix))
      names.push(inner.slice(prefix.length));
    return inner;
  });
  return names;
}

function renamed(document: object, schemas: Node, used: ReadonlySet<string>): object {
  let text = JSON.stringify(document);
  for (const name of used) {
    const short = name.replace(/Input$/, "");
    if (short === name) continue;
    const rename = (json: string): string =>
      json
        .replaceAll(`"${prefix}${name}"`, `"${prefix}${short}"`)
        .replaceAll(`"${name}":`, `"${short}":`);
    const isSame = rename(JSON.stringify(schemas[name])) === JSON.stringify(schemas[short]);
    // Of two entries of one name JSON.parse keeps the last: they are the same.
    if (isSame || !used.has(short)) text = rename(text);
  }
  // Text that JSON.stringify wrote of an object.
  return JSON.parse(text) as object;
}
