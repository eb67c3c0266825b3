import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { answerHeaders } from "../schemas/answer-headers.ts";

/** Which pages may read answers (https://fetch.spec.whatwg.org/#http-cors-protocol). */
export interface CrossOrigin {
  /** Sets on an answer that the page that asked may read it; false where it may not. */
  allow: (request: IncomingMessage, response: ServerResponse) => boolean;
  /**
   * What is wrong with the origin of a request for a WebSocket, which no browser holds to that protocol: a page
   * may open one where it could read an answer, of its own server too.
   */
  socketFault: (headers: IncomingHttpHeaders) => string | undefined;
}

/** Those that this server reads and browsers ask for. */
const REQUEST_HEADERS = [
  "authorization",
  "content-type",
  "idempotency-key",
  "last-event-id",
  "retry-attempt",
  "x-api-key",
  "x-request-id",
  "x-stainless-retry-count",
];
const EXPOSED_HEADERS = [
  ...Object.keys(answerHeaders),
  "allow",
  "content-disposition",
  "etag",
  "www-authenticate",
];
/** Seconds; an origin that is no longer listed can still not read the answer. */
const MAX_AGE_SECONDS = 600;
const PREFLIGHT = {
  "access-control-allow-methods": "DELETE, GET, HEAD, PATCH, POST, PUT",
  "access-control-allow-headers": REQUEST_HEADERS.join(", "),
  "access-control-max-age": String(MAX_AGE_SECONDS),
};

/**
 * Compares origins to the letter. No credentials mode: keys are in headers that a page sets itself, and no
 * cookie is read. Not `@fastify/cors`: that sets nothing on an answer whose URL Fastify cannot read, and its
 * route for preflights would meet ours, one for each path.
 */
export function createCrossOrigin(origins: readonly string[]): CrossOrigin {
  const listed = new Set(origins);
  return {
    allow({ headers: { origin } }, response) {
      if (listed.size === 0) return false;
      // Also where none is given: a cache would hand that answer to a page.
      response.setHeader("vary", "Origin");
      if (origin === undefined || !listed.has(origin)) return false;
      response.setHeader("access-control-allow-origin", origin);
      response.setHeader("access-control-expose-headers", EXPOSED_HEADERS.join(", "));
      return true;
    },
    socketFault({ origin, host }) {
      // What is no browser gives none.
      if (origin === undefined || listed.has(origin)) return undefined;
      const own = URL.parse(origin)?.host;
      if (own !== undefined && own !== "" && own === host?.toLowerCase()) return undefined;
      return `The header Origin, '${origin}', is neither this server's nor one of LLAMAAGENT_CORS_ORIGINS`;
    },
  };
}

/**
 * Answers preflights, and lets listed pages read whatever else is answered, errors too. Register it before what
 * limits and authenticates: a preflight carries no credential.
 */
export function answerOtherOrigins(app: FastifyInstance, crossOrigin: CrossOrigin): void {
  app.addHook("onRequest", (request, reply, done) => {
    if (!answersPreflight(crossOrigin, request, reply)) done();
  });
}

/** Whether that was all of the request; of any other a listed page may read the answer from here on. */
export function answersPreflight(
  { allow }: Pick<CrossOrigin, "allow">,
  request: FastifyRequest,
  reply: FastifyReply,
): boolean {
  const isAllowed = allow(request.raw, reply.raw);
  const isPreflight =
    request.method === "OPTIONS" && request.headers["access-control-request-method"] !== undefined;
  if (!isAllowed || !isPreflight) return false;
  reply.status(204).headers(PREFLIGHT).send();
  return true;
}
