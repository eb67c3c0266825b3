import { AppError, isAppError } from "@llamaagent/core";
import { errors, jwtVerify } from "jose";
import { createIssuerKeys, type IssuerKeysOptions } from "./issuer-keys.ts";
import type { OidcIssuerSettings } from "./oidc-settings.ts";
import { type OidcToken, readClaims } from "./read-claims.ts";

export type { OidcToken } from "./read-claims.ts";

/** An issuer of OAuth2 or OpenID Connect whose access tokens are taken. */
export interface OidcIssuer {
  issuer: string;
  /**
   * Errors: `unauthorized`, whatever is wrong with it; `forbidden` where it is of no tenant;
   * `service_unavailable` where the issuer's keys were never read.
   */
  verify(text: string): Promise<OidcToken>;
}

/** Nothing that the token itself says. */
function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTClaimValidationFailed) return `${error.code}: ${error.claim}`;
  return error instanceof errors.JOSEError ? error.code : "unreadable";
}

/** Of two clocks. */
const TOLERANCE_SECONDS = 5;

export function createOidcIssuer(
  settings: OidcIssuerSettings,
  options: Omit<IssuerKeysOptions, "jwksUri"> & { onRefused: (reason: string) => void },
): OidcIssuer {
  const { issuer, audience, algorithms, typ } = settings;
  const keys = createIssuerKeys({ ...options, jwksUri: settings.jwks_uri });
  return {
    issuer,
    async verify(text) {
      try {
        const { payload } = await jwtVerify(text, keys, {
          issuer,
          audience,
          algorithms,
          typ,
          requiredClaims: ["exp", "iat"],
          clockTolerance: TOLERANCE_SECONDS,
          currentDate: options.clock.now(),
        });
        return readClaims(payload, settings);
      } catch (error) {
        if (isAppError(error)) throw error;
        // Its caller is told nothing; who has configured the issuer wrongly must be.
        options.onRefused(reasonOf(error));
        throw new AppError("unauthorized", { cause: error });
      }
    },
  };
}
