import { z } from "zod";

/** A secret that tokens are signed with (HS256), by the id that they name. */
export interface TokenKey {
  kid: string;
  secret: string;
}

/** RFC 7518, section 3.2: a key of HS256 is no shorter than its hash. */
const SECRET_BYTES_MIN = 32;
const KID = /^[A-Za-z0-9_-]{1,40}$/;

export const tokenSettings = z.object({
  LLAMAAGENT_JWT_KEYS: z
    .string()
    .transform((text, context): TokenKey[] => {
      const keys = text.split(",").map((one): TokenKey => {
        const [kid = "", ...secret] = one.trim().split(":");
        return { kid, secret: secret.join(":") };
      });
      const fault = faultOf(keys);
      if (fault === undefined) return keys;
      // Never what was given: it is a secret.
      context.addIssue({ code: "custom", message: fault });
      return z.NEVER;
    })
    .optional()
    .describe(
      "Secrets of the tokens that `POST /auth/token` gives for an API key, as `<id>:<secret>,…`, e.g. of `openssl rand -base64 32`, the same on all replicas: the first signs, all verify, so that one is taken out when the last token of its is over. Left out, no tokens are given",
    ),
});

function faultOf(keys: readonly TokenKey[]): string | undefined {
  if (!keys.every(({ kid }) => KID.test(kid)))
    return "must be `<id>:<secret>,…`, each id of up to 40 letters, digits, `-` and `_`";
  if (new Set(keys.map(({ kid }) => kid)).size < keys.length)
    return "must name no two keys the same";
  if (keys.some(({ secret }) => Buffer.byteLength(secret) < SECRET_BYTES_MIN))
    return `must have secrets of at least ${SECRET_BYTES_MIN} bytes`;
  return undefined;
}
