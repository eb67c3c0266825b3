import { Permission } from "@llamaagent/auth";
import { z } from "zod";

const LIFETIME_SECONDS = 900;
const LIFETIME_SECONDS_MAX = 3_600;

export const TokenRequest = z
  .strictObject({
    scopes: z
      .array(Permission)
      .max(Permission.options.length)
      .default([])
      .describe("Permissions to which the token is narrowed; none: all that its key may do"),
    expires_in_seconds: z.number().int().min(1).max(LIFETIME_SECONDS_MAX).default(LIFETIME_SECONDS),
  })
  .meta({
    id: "TokenRequest",
    examples: [{ scopes: ["runs:read"], expires_in_seconds: 300 }],
  });

/** As RFC 6749, section 5.1, names its fields. */
export const Token = z
  .object({
    access_token: z.string().describe("What requests carry, as `Authorization: Bearer`"),
    token_type: z.literal("Bearer"),
    expires_in: z.number().int().describe("Seconds"),
    scope: z
      .string()
      .optional()
      .describe("Permissions to which it is narrowed, a blank between two; left out: none"),
  })
  .meta({
    id: "Token",
    examples: [
      {
        access_token: "eyJ….eyJ….example-only",
        token_type: "Bearer",
        expires_in: 300,
        scope: "runs:read",
      },
    ],
  });
