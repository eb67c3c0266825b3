import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import helmet from "helmet";

/**
 * What every answer carries: helmet's headers, and that no cache keeps it, for not all of them know
 * `x-api-key`. Read once: @fastify/helmet reads its options anew for each request, 4 % of a replica's time.
 */
export const secureHeaders: readonly (readonly [name: string, value: string])[] = [
  ...helmetHeaders(),
  ["cache-control", "no-store"],
];

function helmetHeaders(): [string, string][] {
  const setHeaders = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
  });
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  setHeaders(response.req, response, (error) => {
    if (error !== undefined) throw error;
  });
  return Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]);
}

/** Beneath those of a reply, which may say otherwise; a hijacked reply has them too. */
export function setSecureHeaders(response: ServerResponse): void {
  for (const [name, value] of secureHeaders) response.setHeader(name, value);
}

export function sendSecureHeaders(app: Pick<FastifyInstance, "addHook">): void {
  app.addHook("onRequest", (_request, { raw }, done) => {
    setSecureHeaders(raw);
    done();
  });
}
