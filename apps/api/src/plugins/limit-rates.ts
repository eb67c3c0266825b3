import { classOf, type Limited, type Policy, type RequestLimits } from "@llamaagent/auth";
import { AppError } from "@llamaagent/core";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

/**
 * Refuses what a caller or its tenant asks for too often with 429, before anything of the body is read. Register
 * it behind what authenticates.
 */
export function limitRates(app: FastifyInstance, limits: RequestLimits): void {
  const asked = new WeakMap<FastifyRequest, Promise<Limited>>();
  app.addHook("onRequest", (request, _reply, done) => {
    const { permission } = request.routeOptions.config;
    if (permission !== "public") {
      const taking = limits.take(request.principal, classOf(permission, request.method));
      // One whose body is wrong never comes to where it is waited for.
      taking.catch(() => undefined);
      asked.set(request, taking);
    }
    done();
  });
  app.addHook("preParsing", async (request, reply) => {
    const limited = await asked.get(request);
    if (limited === undefined) return;
    tell(reply, limited.policies);
    if (!limited.isAllowed)
      throw new AppError("rate_limited", {
        retryAfterSeconds: Math.max(1, Math.ceil(limited.retryAfterMs / 1000)),
      });
  });
}

/** https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers-11 */
function tell(reply: FastifyReply, policies: readonly Policy[]): void {
  const list = (parameters: (policy: Policy) => string): string =>
    policies.map((policy) => `"${policy.name}";${parameters(policy)}`).join(", ");
  reply.header(
    "ratelimit-policy",
    list(({ bucket: { perSecond, burst } }) => `q=${burst};w=${Math.ceil(burst / perSecond)}`),
  );
  reply.header(
    "ratelimit",
    list(({ bucket: { perSecond, burst }, remaining }) => {
      const secondsToFull = Math.ceil((burst - remaining) / perSecond);
      return `r=${remaining};t=${secondsToFull}`;
    }),
  );
}
