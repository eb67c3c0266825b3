import { Permission, permissionsOf } from "@llamaagent/auth";
import { DEFAULT_TENANT_ID, Role, TENANT_LIMITS, TenantLimits } from "@llamaagent/core";
import { z } from "zod";

const example = { roles: ["operator" as const], scopes: ["runs:read", "runs:write"] };

export const Me = z
  .object({
    tenant_id: z.uuid(),
    subject: z.string(),
    roles: z.array(Role),
    scopes: z.array(Permission).describe("Permissions to which the roles are narrowed"),
    permissions: z.array(Permission).describe("All that the caller may do"),
    key_id: z
      .uuid()
      .optional()
      .describe("Left out where the caller came without one, or with a token of an issuer"),
    limits: TenantLimits.optional().describe(
      "What the caller's tenant may have at one time; left out where nobody is asked who calls",
    ),
  })
  .meta({
    id: "Me",
    examples: [
      {
        tenant_id: DEFAULT_TENANT_ID,
        subject: "billing",
        ...example,
        permissions: permissionsOf(example),
        key_id: "0199a6f0-0000-7000-8000-000000000009",
        limits: TENANT_LIMITS,
      },
    ],
  });
