import { ApiKey, Permission } from "@llamaagent/auth";
import { GivenId, Role } from "@llamaagent/core";
import { z } from "zod";
import { exampleOf } from "../../schemas/example-of.ts";
import { NameText } from "../../schemas/name-text.ts";
import { IdCursor, PageLimit } from "../../schemas/page-query.ts";

const Roles = z.array(Role).min(1).max(Role.options.length);
const Scopes = z
  .array(Permission)
  .max(Permission.options.length)
  .describe("Permissions to which the roles are narrowed; none: no narrower");

const seconds = z.number().int();
const DAY = 86_400;

export const CreatedApiKey = ApiKey.extend({
  key: z.string().describe("What requests carry; it is shown this once"),
}).meta({
  id: "CreatedApiKey",
  examples: [
    {
      ...exampleOf(ApiKey),
      last_used_at: undefined,
      key: `la_0199a6f0000070008000000000000009_${"example-only-".repeat(3)}xxxx`,
    },
  ],
});

export const ApiKeyCreate = z
  .strictObject({
    name: NameText.describe("For people"),
    subject: NameText.refine(
      (value) => !/^(key|oidc):/.test(value),
      "must not begin with `key:` or `oidc:`, as those of keys and of issuers' users do",
    )
      .optional()
      .describe("Whom requests with it speak for; left out, the key is a subject of its own"),
    roles: Roles,
    scopes: Scopes.default([]),
    expires_in_seconds: seconds
      .min(60)
      .max(10 * 366 * DAY)
      .optional(),
  })
  .meta({
    id: "ApiKeyCreate",
    examples: [
      {
        name: "billing service",
        subject: "billing",
        roles: ["operator"],
        scopes: ["runs:read", "runs:write"],
      },
    ],
  });

/** Without a subject the key is one of its own. */
export function newKey(keyId: string, given: z.output<typeof ApiKeyCreate>) {
  const { subject = `key:${keyId}`, expires_in_seconds: expiresInSeconds, ...rest } = given;
  return { ...rest, keyId, subject, expiresInSeconds };
}

export const ApiKeyRotate = z
  .strictObject({
    overlap_seconds: seconds
      .min(0)
      .max(30 * DAY)
      .default(DAY)
      .describe("For so long the old key holds beside the new one"),
  })
  .meta({ id: "ApiKeyRotate", examples: [{ overlap_seconds: 3_600 }] });

export const KeyParams = z.strictObject({
  key_id: GivenId.meta({ examples: [exampleOf(ApiKey).key_id] }),
});

export const KeysQuery = z.strictObject({ limit: PageLimit, cursor: IdCursor });

export const ApiKeyList = z
  .object({ items: z.array(ApiKey), next_cursor: z.string().optional() })
  .meta({ id: "ApiKeyList", examples: [{ items: [exampleOf(ApiKey)] }] });
