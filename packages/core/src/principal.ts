import { z } from "zod";
import type { TenantLimits } from "./tenant-limits.ts";

/** All but the last are of a tenant, each with what the ones before it have; that one looks after the tenants. */
export const Role = z.enum(["viewer", "operator", "developer", "admin", "platform_admin"]);
export type Role = z.infer<typeof Role>;

/** Who calls. Every request has one. */
export interface Principal {
  tenantId: string;
  subject: string;
  roles: Role[];
  /** Permissions to which a credential narrows its roles; none: no narrower. */
  scopes: string[];
  /** Of its tenant. Absent: nobody was asked who calls, and the caller is not limited. */
  limits?: TenantLimits;
  /** Of the API key that it came with, or for which its token was given. */
  keyId?: string;
  /** Where it came with a token: the end of that, in milliseconds since 1970. */
  expiresAtMs?: number;
}

/** The one tenant while authentication is off. */
export const DEFAULT_TENANT_ID = "00000000-0000-7000-8000-000000000001";
