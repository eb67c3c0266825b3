import { AppError, type Clock } from "@llamaagent/core";
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";

/** A key that is not known may be new; whoever makes up its id must not have us ask for each request. */
const UNKNOWN_KEY_MS = 60_000;
/** Before the first answer nobody of that issuer gets in: then sooner. */
const FIRST_MS = 5_000;
/** A key that the issuer has withdrawn is taken for no longer, where the issuer answers. */
const STALE_MS = 600_000;
/** Requests wait for it. */
const FETCH_MS = 2_000;

export interface IssuerKeysOptions {
  jwksUri: string;
  clock: Clock;
  fetch: typeof fetch;
  onError: (error: unknown) => void;
}

/**
 * The keys of an issuer, read from its configured address alone, whatever a token says of others. An issuer
 * that is away takes nothing back: keys that are known hold. Error: `service_unavailable` where none was
 * ever read.
 */
export function createIssuerKeys(options: IssuerKeysOptions): JWTVerifyGetKey {
  const { jwksUri, clock } = options;
  let known: ReturnType<typeof createLocalJWKSet> | undefined;
  let [askedAt, readAt] = [-Infinity, -Infinity];
  let asking: Promise<void> | undefined;

  async function ask(): Promise<void> {
    askedAt = clock.monotonicMs();
    try {
      const answer = await options.fetch(jwksUri, {
        redirect: "error",
        signal: AbortSignal.timeout(FETCH_MS),
        headers: { accept: "application/json" },
      });
      if (!answer.ok) {
        await answer.body?.cancel();
        throw new Error(`${jwksUri} answered ${answer.status}`);
      }
      // Its form is looked at by jose.
      known = createLocalJWKSet((await answer.json()) as JSONWebKeySet);
      readAt = clock.monotonicMs();
    } catch (error) {
      options.onError(error);
    }
  }
  /** One question at a time; undefined where the last one was not long enough ago. */
  function askAfter(ms: number): Promise<void> | undefined {
    if (asking) return asking;
    if (clock.monotonicMs() - askedAt < ms) return undefined;
    asking = ask().finally(() => (asking = undefined));
    return asking;
  }

  return async (header, token) => {
    if (clock.monotonicMs() - readAt >= STALE_MS)
      await askAfter(known === undefined ? FIRST_MS : UNKNOWN_KEY_MS);
    if (known === undefined)
      throw new AppError("service_unavailable", {
        detail: "The keys of the token's issuer could not be read",
        retryAfterSeconds: 5,
      });
    try {
      return await known(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      const asked = askAfter(UNKNOWN_KEY_MS);
      if (asked === undefined) throw error;
      await asked;
      return known(header, token);
    }
  };
}
