import type { CredentialVerifier } from "@llamaagent/auth";
import { AppError, type RateLimiter } from "@llamaagent/core";
import type { FastifyInstance } from "fastify";
import { networkOf } from "../caller-address.ts";
import { credentials } from "./authenticate.ts";

/** Seconds for which what is not used is kept. */
const BURST_SECONDS = 10;

/**
 * Lets an address bring so many credentials that are not known to hold, and make so many requests that need
 * none, before anything is done for another. Those that held when they were last looked at are counted as
 * callers, not here, and go on beside one who guesses: they may all come from one proxy. Probes are not
 * counted: one that fails takes the replica away from everybody. Register it before what authenticates.
 */
export function limitAddresses(
  app: FastifyInstance,
  { limiter, perSecond }: { limiter: RateLimiter; perSecond: number },
  verifier: Pick<CredentialVerifier, "held">,
): void {
  app.addHook("onRequest", async (request) => {
    const { permission, isProbe = false } = request.routeOptions.config;
    if (isProbe) return;
    const isPublic = permission === "public";
    const given = credentials(request.headers);
    if (!isPublic && given !== undefined && verifier.held(given)) return;
    const key = `${isPublic ? "public" : "credentials"} ${networkOf(request)}`;
    // Before anything is looked up: many that come at one time are counted too.
    const { isAllowed, retryAfterMs } = await limiter.take(
      [{ key, perSecond, burst: perSecond * BURST_SECONDS }],
      1,
    );
    if (isAllowed) return;
    throw new AppError("rate_limited", {
      retryAfterSeconds: Math.max(1, Math.ceil(retryAfterMs / 1000)),
    });
  });
}
