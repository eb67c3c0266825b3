import { type ErrorCode, errorCatalogue, Problem } from "@llamaagent/core";

interface ProblemResponse {
  description: string;
  content: { "application/problem+json": { schema: typeof Problem } };
}

/** What every route can answer: no key, a foreign page, a URL that is too long, no database, our own fault. */
const everywhere: ErrorCode[] = [
  "unauthorized",
  "forbidden",
  "headers_too_large",
  "service_unavailable",
  "internal",
];

/** What a route that reads a JSON body can answer for the body as such. */
export const jsonBodyProblems: readonly ErrorCode[] = [
  "invalid_json",
  "payload_too_large",
  "unsupported_media_type",
];

/** The error answers of a route for the OpenAPI document: by status, with the codes that have it. */
export function problemResponses(...codes: ErrorCode[]): Record<number, ProblemResponse> {
  const byStatus = Map.groupBy([...codes, ...everywhere], (code) => errorCatalogue[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, those]) => [
      status,
      {
        description: those.map((code) => `\`${code}\`: ${errorCatalogue[code].title}`).join(". "),
        content: { "application/problem+json": { schema: Problem } },
      },
    ]),
  );
}
