import { ChangedLimits, Tenant } from "@llamaagent/auth";
import { GivenId } from "@llamaagent/core";
import { z } from "zod";
import { exampleOf } from "../../schemas/example-of.ts";
import { NameText } from "../../schemas/name-text.ts";
import { IdCursor, PageLimit } from "../../schemas/page-query.ts";
import { CreatedApiKey } from "../keys/keys.schemas.ts";

const name = NameText.describe("For people; no two tenants have the same");

export const TenantCreate = z
  .strictObject({ name })
  .meta({ id: "TenantCreate", examples: [{ name: "sales" }] });

export const CreatedTenant = Tenant.extend({
  admin_key: CreatedApiKey.describe("Of an admin, who makes all others of the tenant"),
}).meta({
  id: "CreatedTenant",
  examples: [
    {
      ...exampleOf(Tenant),
      admin_key: {
        ...exampleOf(CreatedApiKey),
        name: "first",
        subject: `key:${exampleOf(CreatedApiKey).key_id}`,
        roles: ["admin"],
        scopes: [],
      },
    },
  ],
});

export const TenantUpdate = z
  .strictObject({
    name: name.optional(),
    suspended: z
      .boolean()
      .optional()
      .describe("Whether its callers are refused, and its schedules do not fire"),
    limits: ChangedLimits.optional().describe(
      "What it may have at one time; what is left out stays, and null is as for a new tenant",
    ),
  })
  .meta({
    id: "TenantUpdate",
    examples: [{ name: "sales and support", limits: { open_runs: 500 } }],
  });

export const TenantParams = z.strictObject({
  tenant_id: GivenId.meta({ examples: [exampleOf(Tenant).tenant_id] }),
});

export const TenantsQuery = z.strictObject({ limit: PageLimit, cursor: IdCursor });

export const TenantList = z
  .object({ items: z.array(Tenant), next_cursor: z.string().optional() })
  .meta({ id: "TenantList", examples: [{ items: [exampleOf(Tenant)] }] });
