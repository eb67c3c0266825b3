import { Permission } from "@llamaagent/auth";
import { GivenId, Role } from "@llamaagent/core";
import { z } from "zod";
import { exampleOf } from "../../schemas/example-of.ts";
import { IdCursor, PageLimit } from "../../schemas/page-query.ts";

const text = z
  .string()
  .min(1)
  .max(100)
  .refine((value) => !value.includes("\u0000"), "must not hold U+0000");
const Roles = z.array(Role).min(1).max(Role.options.length);
const Scopes = z
  .array(Permission)
  .max(Permission.options.length)
  .describe("Permissions to which the roles are narrowed; none: no narrower");

const seconds = z.number().int();
const DAY = 86_400;

export const ApiKey = z
  .object({
    key_id: z.uuid(),
    name: z.string(),
    subject: z.string().describe("Whom requests with it speak for"),
    roles: z.array(Role),
    scopes: z.array(Permission).describe("Permissions to which the roles are narrowed"),
    created_by: z.string().describe("Subject of who made it"),
    created_by_key: z.uuid().optional().describe("Left out of the first, and without keys"),
    replaces: z.uuid().optional().describe("The key in whose place it came"),
    created_at: z.iso.datetime(),
    expires_at: z.iso.datetime().optional(),
    revoked_at: z.iso.datetime().optional(),
    last_used_at: z.iso.datetime().optional().describe("To the minute"),
  })
  .meta({
    id: "ApiKey",
    examples: [
      {
        key_id: "0199a6f0-0000-7000-8000-000000000009",
        name: "billing service",
        subject: "billing",
        roles: ["operator"],
        scopes: ["runs:read", "runs:write"],
        created_by: "key:0199a6f0-0000-7000-8000-00000000000a",
        created_by_key: "0199a6f0-0000-7000-8000-00000000000a",
        created_at: "2025-10-03T16:38:00.000Z",
        last_used_at: "2025-10-03T16:40:00.000Z",
      },
    ],
  });

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
    name: text.describe("For people"),
    subject: text
      .refine(
        (value) => !value.startsWith("key:"),
        "must not begin with `key:`, as those of keys do",
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
