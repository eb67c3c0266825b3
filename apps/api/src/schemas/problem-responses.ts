import { type ErrorCode, errorCatalogue, Problem } from "@llamaagent/core";
import type { AnswerHeader } from "./answer-headers.ts";

interface ProblemResponse {
  description: string;
  headers: readonly AnswerHeader[];
  content: { "application/problem+json": { schema: typeof Problem } };
}

/**
 * What every route can answer: what is no HTTP or not sent in time, a query parameter that the route
 * lacks, no key, too many requests, a foreign page, a URL that is too long, no database, our own fault.
 */
const everywhere = [
  "bad_request",
  "request_timeout",
  "invalid_request",
  "unauthorized",
  "forbidden",
  "rate_limited",
  "headers_too_large",
  "service_unavailable",
  "internal",
] as const satisfies readonly ErrorCode[];

/** What a route can answer for a JSON body as such; also one that takes none, except for GET: Fastify reads it. */
export const jsonBodyProblems = [
  "invalid_json",
  "payload_too_large",
  "unsupported_media_type",
] as const satisfies readonly ErrorCode[];

/** None is named twice. */
type OwnCode = Exclude<ErrorCode, (typeof everywhere)[number]>;

/** The error answers of a route for the OpenAPI document: by status, with the codes that have it. */
export function problemResponses(...codes: OwnCode[]): Record<number, ProblemResponse> {
  const byStatus = Map.groupBy([...codes, ...everywhere], (code) => errorCatalogue[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, those]) => [
      status,
      {
        description: those.map((code) => `\`${code}\`: ${errorCatalogue[code].title}`).join(". "),
        headers: status === 503 || status === 429 ? ["retry-after"] : [],
        content: { "application/problem+json": { schema: Problem } },
      },
    ]),
  );
}
