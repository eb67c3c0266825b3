import type { IncomingMessage } from "node:http";
import type { FastifyInstance } from "fastify";

/** A caller's id is kept where it can stand in a log line and a header as it is. */
const acceptable = /^[A-Za-z0-9._:-]{1,128}$/;

export function requestId(
  newId: () => string,
): (request: Pick<IncomingMessage, "headers">) => string {
  return ({ headers }) => {
    const given = headers["x-request-id"];
    return typeof given === "string" && acceptable.test(given) ? given : newId();
  };
}

export function answerRequestId(app: FastifyInstance): void {
  app.addHook("onRequest", (request, reply, done) => {
    reply.header("x-request-id", request.id);
    done();
  });
}
