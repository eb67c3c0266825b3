import type { CredentialVerifier } from "@llamaagent/auth";
import { AppError, isAppError, type RateLimiter } from "@llamaagent/core";
import type { FastifyInstance } from "fastify";
import ipaddr from "ipaddr.js";
import { credentials } from "./authenticate.ts";

/** Seconds for which what is not used is kept. */
const BURST_SECONDS = 10;
/** Who has one address of IPv6 has all of its network. */
const IPV6_NETWORK_BYTES = 8;

/**
 * Lets an address try so many credentials that are refused, and so many requests that need none, before
 * anything is done for another. Those whose credentials hold are counted as callers, not here, and go on
 * beside one who guesses: they may all come from one proxy. Probes are not counted: one that fails takes the
 * replica away from everybody. Register it before what authenticates.
 */
export function limitAddresses(
  app: FastifyInstance,
  { limiter, perSecond }: { limiter: RateLimiter; perSecond: number },
  verifier: Pick<CredentialVerifier, "held">,
): void {
  const take = (address: string, cost: number) =>
    limiter.take([{ key: networkOf(address), perSecond, burst: perSecond * BURST_SECONDS }], cost);
  app.addHook("onRequest", async (request) => {
    const { permission, isProbe = false } = request.routeOptions.config;
    if (isProbe) return;
    const isPublic = permission === "public";
    const { isAllowed, remaining, retryAfterMs } = await take(request.ip, isPublic ? 1 : 0);
    if (isAllowed && (isPublic || (remaining[0] ?? 0) > 0)) return;
    const given = credentials(request.headers);
    if (!isPublic && given !== undefined && verifier.held(given)) return;
    throw new AppError("rate_limited", {
      retryAfterSeconds: Math.max(1, Math.ceil(retryAfterMs / 1000)),
    });
  });
  app.addHook("onError", async (request, _reply, error) => {
    if (isAppError(error, "unauthorized")) await take(request.ip, 1);
  });
}

function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const read = ipaddr.process(address);
  if (read.kind() === "ipv4") return read.toString();
  return read.toByteArray().slice(0, IPV6_NETWORK_BYTES).join(".");
}
