import type { FastifyInstance, FastifyRequest } from "fastify";

/** One line per answered request, streams when they end. The route, not the URL: paths may hold names. */
export function logRequests(app: FastifyInstance): void {
  app.addHook("onResponse", (request, reply, done) => {
    logRequest(request, reply.raw.statusCode, reply.elapsedTime);
    done();
  });
}

export function logRequest(request: FastifyRequest, status: number, durationMs: number): void {
  const line = {
    method: request.method,
    route: request.routeOptions.url ?? "none",
    status,
    duration_ms: Math.round(durationMs),
  };
  request.log.info(line, "request");
}
