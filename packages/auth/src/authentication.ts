import type { Clock } from "@llamaagent/core";
import type { Database } from "@llamaagent/db";
import { z } from "zod";
import { createKeyVerifier, type KeyVerifier } from "./keys/key-verifier.ts";
import { createOidcIssuer, type OidcIssuer } from "./oidc/oidc-issuer.ts";
import { oidcSettings } from "./oidc/oidc-settings.ts";
import { createOpenTenants, type OpenTenants } from "./tenants/open-tenants.ts";
import { type TokenKey, tokenSettings } from "./tokens/token-settings.ts";

export const authSettings = z.object({ ...tokenSettings.shape, ...oidcSettings.shape });
type AuthSettings = z.infer<typeof authSettings>;

/** By what a server tells who calls. */
export interface Authentication {
  keys: KeyVerifier;
  tenants: OpenTenants;
  /** The first signs; none: no tokens are given. */
  tokenKeys: readonly TokenKey[];
  issuers: readonly OidcIssuer[];
  publicUrl: string | undefined;
}

export function createAuthentication(options: {
  db: Database;
  clock: Clock;
  settings?: Partial<AuthSettings>;
  fetch?: typeof fetch;
  /** Of what no request waits for. */
  onError: (error: unknown, what: string) => void;
}): Authentication {
  const { db, clock, settings = {}, onError } = options;
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
        fetch: options.fetch ?? ((...given) => globalThis.fetch(...given)),
        onError: (error) => onError(error, `the keys of ${issuer.issuer} could not be read`),
      }),
    ),
    publicUrl: settings.LLAMAAGENT_PUBLIC_URL,
  };
}
