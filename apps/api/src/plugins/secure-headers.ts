import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import helmet from "helmet";

/** Read once: @fastify/helmet reads its options anew for each request, and helmet sets each header by a function of its own. */
export function secureHeaders(app: Pick<FastifyInstance, "addHook">): void {
  const headers = helmetHeaders();
  app.addHook("onRequest", (_request, { raw }, done) => {
    for (const [name, value] of headers) raw.setHeader(name, value);
    done();
  });
}

function helmetHeaders(): [string, string][] {
  const setHeaders = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
  });
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  // It calls back in this turn.
  setHeaders(response.req, response, (error) => {
    if (error !== undefined) throw error;
  });
  return Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]);
}
