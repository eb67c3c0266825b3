import { AppError } from "@llamaagent/core";
import type { FastifyInstance } from "fastify";

/** As many as other servers take. 16 KiB hold four thousand, and each costs time in all that reads them. */
const HEADERS_MAX = 100;

/**
 * Refuses too many header fields. Node 24.21 refuses those over its own bound; versions before it drop them, a
 * credential say, without a word.
 */
export function boundHeaders(app: FastifyInstance): void {
  // One more than are taken shows that there were more.
  app.server.maxHeadersCount = HEADERS_MAX + 1;
  app.addHook("onRequest", (request, _reply, done) => {
    // Names and values.
    const count = request.raw.rawHeaders.length / 2;
    const detail = `A request has at most ${HEADERS_MAX} header fields`;
    done(count > HEADERS_MAX ? new AppError("headers_too_large", { detail }) : undefined);
  });
}
