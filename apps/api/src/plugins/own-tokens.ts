import fastifyJwt, { type JWT } from "@fastify/jwt";
import {
  OwnClaims,
  type OwnTokens,
  Permission,
  readUnverified,
  type TokenKey,
} from "@llamaagent/auth";
import { AppError } from "@llamaagent/core";
import type { FastifyInstance } from "fastify";

/** Who issues the tokens, and for whom: this server, whichever replica. */
const ISSUER = "llamaagent";
/** RFC 9068, so that no other kind of token passes for one. */
const TYPE = "at+jwt";

/** Such a token says what it is narrowed to: of a name that is no permission nothing comes. */
function readScopes(scope: string | undefined): Permission[] {
  if (scope === undefined) return [];
  const given = scope.split(" ");
  const scopes = Permission.options.filter((permission) => given.includes(permission));
  if (scopes.length === 0) throw new AppError("unauthorized");
  return scopes;
}

/** The tokens that `POST /auth/token` gives; undefined where there is no key to sign them with. */
export async function ownTokens(
  app: FastifyInstance,
  keys: readonly TokenKey[],
  newId: () => string,
): Promise<OwnTokens | undefined> {
  const [first] = keys;
  if (first === undefined) return undefined;
  for (const { kid, secret } of keys)
    await app.register(fastifyJwt, {
      namespace: kid,
      secret,
      sign: {
        algorithm: "HS256",
        iss: ISSUER,
        aud: ISSUER,
        header: { alg: "HS256", typ: TYPE, kid },
      },
      // What is allowed is asked of a claim only where it is there: all are required.
      verify: {
        algorithms: ["HS256"],
        allowedIss: ISSUER,
        allowedAud: ISSUER,
        checkTyp: TYPE,
        requiredClaims: ["iss", "aud", "sub", "exp", "iat", "jti", "client_id"],
      },
    });
  // One of each key, by its id; the plug-in's types know of one alone.
  const signedBy = app.jwt as unknown as Readonly<Record<string, JWT>>;
  const kids = new Set(keys.map(({ kid }) => kid));
  const signer = signedBy[first.kid];
  if (signer === undefined) throw new Error("a namespace that is registered is there");
  return {
    issuer: ISSUER,
    sign: ({ keyId, subject, scopes, expiresAtMs }) =>
      signer.sign({
        sub: subject,
        client_id: keyId,
        ...(scopes.length === 0 ? {} : { scope: scopes.join(" ") }),
        exp: Math.ceil(expiresAtMs / 1000),
        jti: newId(),
      }),
    verify(text) {
      const { kid } = readUnverified(text);
      if (kid === undefined || !kids.has(kid)) throw new AppError("unauthorized");
      try {
        const claims = OwnClaims.parse(signedBy[kid]?.verify(text));
        const { sub: subject, client_id: keyId, scope, exp } = claims;
        return {
          keyId,
          subject,
          scopes: readScopes(scope),
          expiresAtMs: exp * 1000,
        };
      } catch (error) {
        throw new AppError("unauthorized", { cause: error });
      }
    },
  };
}
