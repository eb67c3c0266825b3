import { z } from "zod";

export const tlsSettings = z.object({
  // Node looks at it whenever it connects: to databases, Redis, models, issuers of tokens, webhooks.
  NODE_TLS_REJECT_UNAUTHORIZED: z
    .string()
    .optional()
    .refine((value) => value !== "0", {
      error:
        "must not be `0`: whoever is on the way could pose as the database, the model's server or an issuer of tokens. Trust an authority of your own by NODE_EXTRA_CA_CERTS instead",
    })
    .describe(
      "Node's own. `0`, with which no certificate is verified, is refused; NODE_EXTRA_CA_CERTS names a file with authorities to trust besides the public ones",
    ),
});
