import type { FastifyInstance } from "fastify";

/** One line per answered request, streams when they end. The route, not the URL: paths may hold names. */
export function logRequests(app: FastifyInstance): void {
  app.addHook("onResponse", async (request, reply) => {
    const line = {
      method: request.method,
      route: request.routeOptions.url ?? "none",
      status: reply.raw.statusCode,
      duration_ms: Math.round(reply.elapsedTime),
    };
    request.log.info(line, "request");
  });
}
