import { classOf, type Limited, type Policy, type RequestLimits } from "@llamaagent/auth";
import { AppError } from "@llamaagent/core";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

/**
 * Refuses what a caller or its tenant asks for too often with 429, before anything of the body is read; of a
 * batch of runs, whose body tells how many they are, before the first is stored. Register it behind what authenticates.
 */
export function limitRates(app: FastifyInstance, limits: RequestLimits): void {
  const takings = new WeakMap<FastifyRequest, Promise<Limited>>();
  app.addHook("onRequest", (request, _reply, done) => {
    const { permission, startsRuns } = request.routeOptions.config;
    if (permission !== "public") {
      const asked = classOf({ permission, startsRuns, method: request.method });
      const taking = limits.take(request.principal, asked);
      // One whose body is wrong never comes to where it is waited for.
      taking.catch(() => undefined);
      takings.set(request, taking);
    }
    done();
  });
  app.addHook("preParsing", async (request, reply) =>
    letThrough(reply, await takings.get(request)),
  );
  app.addHook("preHandler", async (request, reply) => {
    const { body, method, principal } = request;
    const { permission, startsRuns } = request.routeOptions.config;
    if (permission === "public" || !startsRuns || !Array.isArray(body) || body.length < 2) return;
    const one = classOf({ permission, startsRuns, method });
    // The first was paid for.
    const rest = { ...one, cost: (body.length - 1) * one.cost };
    letThrough(reply, await limits.take(principal, rest));
  });
}

/** Error: `rate_limited`. */
function letThrough(reply: FastifyReply, limited: Limited | undefined): void {
  if (limited === undefined) return;
  tell(reply, limited.policies);
  if (!limited.isAllowed)
    throw new AppError("rate_limited", {
      retryAfterSeconds: Math.max(1, Math.ceil(limited.retryAfterMs / 1000)),
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
