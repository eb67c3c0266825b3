import { AppError, type Clock, isAppError, type Principal } from "@llamaagent/core";
import { LRUCache } from "lru-cache";
import type { KeyVerifier } from "./keys/key-verifier.ts";
import type { OwnToken, OwnTokens } from "./tokens/own-tokens.ts";
import { readUnverified } from "./tokens/read-unverified.ts";
import type { OidcIssuer, OidcToken } from "./oidc/oidc-issuer.ts";
import { RefusedCredential } from "./refused-credential.ts";
import type { OpenTenants } from "./tenants/open-tenants.ts";

/** Tells whom a credential speaks for: an API key, a token of ours, or one of an issuer that we trust. */
export interface CredentialVerifier {
  /**
   * Errors: `unauthorized`, whatever is wrong with it; `forbidden` where its tenant is suspended;
   * `service_unavailable` where what tells is away.
   */
  verify(text: string): Promise<Principal>;
  /** Whether it held when it was last looked at, without looking. */
  held(text: string): boolean;
  /** Whose tokens' time is over: nobody needs to be asked. */
  over(principals: readonly Principal[]): Principal[];
  /** Whose keys were revoked or have ended, or whose tenants were suspended. Error: `service_unavailable`. */
  ended(principals: readonly Principal[]): Promise<Principal[]>;
}

/** Of a token for a key: no more than both say. Never empty where either is not, for that is no narrower. */
function narrowed(ofKey: readonly string[], ofToken: readonly string[]): string[] {
  if (ofKey.length === 0 || ofToken.length === 0) return [...ofKey, ...ofToken];
  const both = ofToken.filter((scope) => ofKey.includes(scope));
  if (both.length === 0) throw new AppError("unauthorized");
  return both;
}

/** A signature is not looked at again for so long. */
const VERIFIED_MS = 60_000;
/** Characters of all the tokens that are kept. */
const VERIFIED_SIZE_MAX = 16 * 1024 * 1024;

type Verified = { own: OwnToken } | { foreign: OidcToken };

export function createCredentialVerifier(options: {
  keys: KeyVerifier;
  tenants: OpenTenants;
  /** Absent: no tokens are given. */
  tokens?: OwnTokens | undefined;
  issuers: readonly OidcIssuer[];
  clock: Clock;
}): CredentialVerifier {
  const { keys, tenants, tokens, clock } = options;
  const issuers = new Map(options.issuers.map((one) => [one.issuer, one]));
  const verified = new LRUCache<string, Verified & { untilMs: number }>({
    maxSize: VERIFIED_SIZE_MAX,
    sizeCalculation: (_value, text) => text.length,
  });

  async function verifyToken(text: string): Promise<Verified> {
    const known = verified.get(text);
    if (known && clock.monotonicMs() < known.untilMs) return known;
    verified.delete(text);
    const { issuer } = readUnverified(text);
    const foreign = issuer === undefined ? undefined : issuers.get(issuer);
    let token: Verified;
    if (tokens && issuer === tokens.issuer) token = { own: tokens.verify(text) };
    else if (foreign) token = { foreign: await foreign.verify(text) };
    else throw new AppError("unauthorized");
    verified.set(text, { ...token, untilMs: clock.monotonicMs() + VERIFIED_MS });
    return token;
  }

  const isOver = ({ expiresAtMs = Infinity }: { expiresAtMs?: number }): boolean =>
    expiresAtMs <= clock.now().getTime();

  return {
    async verify(text) {
      if (!text.includes(".")) return keys.verify(text);
      const token = await verifyToken(text);
      if (isOver("own" in token ? token.own : token.foreign)) throw new AppError("unauthorized");
      if ("own" in token) {
        const { keyId, scopes, expiresAtMs } = token.own;
        const holder = await keys.holder(keyId).catch((error: unknown) => {
          if (!(error instanceof RefusedCredential)) throw error;
          throw new RefusedCredential(
            error.code === "forbidden" ? "forbidden" : "unauthorized",
            { ...error.holder, expiresAtMs },
            error.message,
          );
        });
        return { ...holder, scopes: narrowed(holder.scopes, scopes), expiresAtMs };
      }
      const { foreign } = token;
      const limits = await tenants.limitsOf(foreign.tenantId).catch((error: unknown) => {
        if (!isAppError(error, "forbidden")) throw error;
        throw new RefusedCredential("forbidden", foreign, error.message);
      });
      return { ...foreign, limits };
    },
    held(text) {
      if (!text.includes(".")) return keys.held(text);
      const known = verified.peek(text);
      return known !== undefined && !isOver("own" in known ? known.own : known.foreign);
    },
    over: (principals) => principals.filter(isOver),
    async ended(principals) {
      const keyIds = new Set(principals.flatMap(({ keyId }) => keyId ?? []));
      const foreign = principals.filter(({ keyId }) => keyId === undefined);
      const tenantIds = new Set(foreign.map(({ tenantId }) => tenantId));
      const [endedKeys, closed] = await Promise.all([
        keys.ended([...keyIds]).then((ids) => new Set(ids)),
        tenants.closed([...tenantIds]).then((ids) => new Set(ids)),
      ]);
      return principals.filter(({ keyId, tenantId }) =>
        keyId === undefined ? closed.has(tenantId) : endedKeys.has(keyId),
      );
    },
  };
}
