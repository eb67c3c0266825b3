import { AppError, type Principal } from "@llamaagent/core";
import { z } from "zod";
import { permissionsOf } from "../permissions.ts";

/** What a token that we issue says; all else is its key's, which is asked for at each request. */
export interface OwnToken {
  /** The key that it was given for. It ends with that. */
  keyId: string;
  /** Of that key; for who reads the token, not for us. */
  subject: string;
  /** Permissions to which it is narrowed; none: no narrower than its key. */
  scopes: string[];
  /** Milliseconds since 1970. */
  expiresAtMs: number;
}

/** Signs and verifies; a double can take its place. */
export interface OwnTokens {
  /** What the tokens name as their issuer. */
  issuer: string;
  sign(token: OwnToken): string;
  /** Error: `unauthorized`, whatever is wrong with it. */
  verify(text: string): OwnToken;
}

/** Of a token's payload, named as RFC 9068 does. */
export const OwnClaims = z.object({
  sub: z.string(),
  client_id: z.uuid(),
  scope: z.string().optional(),
  exp: z.number(),
});

export interface AskedToken {
  scopes: readonly string[];
  lifetimeSeconds: number;
}

/**
 * What a token for the caller's key may say. Errors: `forbidden` where it would give more than the key, or
 * the caller came with a token, which would last for ever by being exchanged; `not_available` where the
 * server asks for no keys.
 */
export function tokenFor(caller: Principal, asked: AskedToken, now: Date): OwnToken {
  if (caller.expiresAtMs !== undefined)
    throw new AppError("forbidden", { detail: "A token is given for an API key alone" });
  if (caller.keyId === undefined)
    throw new AppError("not_available", { detail: "This server asks for no keys" });
  const own: readonly string[] = permissionsOf(caller);
  const beyond = asked.scopes.filter((scope) => !own.includes(scope));
  if (beyond.length > 0)
    throw new AppError("forbidden", {
      detail: `A token may do no more than its key, which may not ${beyond.join(", ")}`,
    });
  const scopes = asked.scopes.length > 0 ? [...asked.scopes] : caller.scopes;
  const { keyId, subject } = caller;
  return { keyId, subject, scopes, expiresAtMs: now.getTime() + asked.lifetimeSeconds * 1000 };
}
