import type { Clock, RateLimiter } from "@llamaagent/core";
import type { Database } from "@llamaagent/db";
import { z } from "zod";
import { createKeyVerifier, type KeyVerifier } from "./keys/key-verifier.ts";
import { createOidcIssuer, type OidcIssuer } from "./oidc/oidc-issuer.ts";
import { oidcSettings } from "./oidc/oidc-settings.ts";
import { leasedRateLimiter } from "./limits/leased-rate-limiter.ts";
import { memoryRateLimiter } from "./limits/memory-rate-limiter.ts";
import { rateSettings } from "./limits/rate-settings.ts";
import { createRequestLimits, type RequestLimits } from "./limits/request-limits.ts";
import { createOpenTenants, type OpenTenants } from "./tenants/open-tenants.ts";
import { type TokenKey, tokenSettings } from "./tokens/token-settings.ts";

export const authSettings = z.object({
  ...tokenSettings.shape,
  ...oidcSettings.shape,
  ...rateSettings.shape,
});
export type AuthSettings = z.infer<typeof authSettings>;

/** By what a server tells who calls. */
export interface Authentication {
  keys: KeyVerifier;
  tenants: OpenTenants;
  /** The first signs; none: no tokens are given. */
  tokenKeys: readonly TokenKey[];
  issuers: readonly OidcIssuer[];
  publicUrl: string | undefined;
  limits: RequestLimits;
  /** Of this process, as addresses are. */
  addresses: { limiter: RateLimiter; perSecond: number };
}

export function createAuthentication(options: {
  db: Database;
  clock: Clock;
  settings: AuthSettings;
  /** Absent: this process is the only one. */
  sharedLimiter?: RateLimiter | undefined;
  /** Why a token of an issuer was refused; its caller is not told. */
  onRefused: (reason: string) => void;
  /** Of what no request waits for. */
  onError: (error: unknown, what: string) => void;
}): Authentication {
  const { db, clock, settings, onError } = options;
  const { LLAMAAGENT_JWT_KEYS: tokenKeys = [], LLAMAAGENT_OIDC_ISSUERS: issuers = [] } = settings;
  return {
    keys: createKeyVerifier({
      db,
      clock,
      onError: (error) => onError(error, "when a key was used was not noted"),
    }),
    tenants: createOpenTenants({ db, clock }),
    tokenKeys,
    issuers: issuers.map((issuer) =>
      createOidcIssuer(issuer, {
        clock,
        fetch,
        onError: (error) => onError(error, `the keys of ${issuer.issuer} could not be read`),
        onRefused: (reason) => options.onRefused(`${issuer.name}: ${reason}`),
      }),
    ),
    publicUrl: settings.LLAMAAGENT_PUBLIC_URL,
    limits: createRequestLimits({
      shared: options.sharedLimiter
        ? leasedRateLimiter(options.sharedLimiter, clock)
        : memoryRateLimiter(clock),
      own: memoryRateLimiter(clock),
      settings,
    }),
    addresses: {
      limiter: memoryRateLimiter(clock),
      perSecond: settings.LLAMAAGENT_RATE_LIMIT_ADDRESS,
    },
  };
}
