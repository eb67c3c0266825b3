import { AppError, TENANT_LIMITS, TenantLimits, tenantLimits } from "@llamaagent/core";
import { z } from "zod";

/** One of those who share an installation and see nothing of each other. */
export const Tenant = z
  .object({
    tenant_id: z.uuid(),
    name: z.string(),
    created_by: z.string().describe("Subject of who made it"),
    created_at: z.iso.datetime(),
    suspended_at: z.iso
      .datetime()
      .optional()
      .describe("Since then its callers are refused, and its schedules do not fire"),
    limits: TenantLimits.describe("What it may have at one time"),
  })
  .meta({
    id: "Tenant",
    examples: [
      {
        tenant_id: "0199a6f0-0000-7000-8000-00000000000b",
        name: "sales",
        created_by: "key:0199a6f0-0000-7000-8000-00000000000a",
        created_at: "2025-10-03T16:38:00.000Z",
        limits: TENANT_LIMITS,
      },
    ],
  });
export type Tenant = z.infer<typeof Tenant>;

/** Who made a key for another tenant: which key of the platform it was is not for that to see. */
export const BY_PLATFORM = "platform";

export interface TenantRow {
  tenant_id: string;
  name: string;
  created_by: string;
  created_at: Date;
  suspended_at: Date | null;
  limits: Partial<TenantLimits>;
}

export const TENANT_COLUMNS = "tenant_id, name, created_by, created_at, suspended_at, limits";

export function toTenant({ created_at, suspended_at, limits, ...same }: TenantRow): Tenant {
  return {
    ...same,
    created_at: created_at.toISOString(),
    limits: tenantLimits(limits),
    ...(suspended_at ? { suspended_at: suspended_at.toISOString() } : {}),
  };
}

export function tenantNotFound(): AppError {
  return new AppError("not_found", { detail: "There is no such tenant" });
}

export function nameTaken(name: string): AppError {
  return new AppError("conflict", { detail: `There is a tenant '${name}' already` });
}
