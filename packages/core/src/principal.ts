import { z } from "zod";

export const Role = z.enum(["viewer", "operator", "developer", "admin"]);
export type Role = z.infer<typeof Role>;

/** Who calls. Every request has one. */
export interface Principal {
  tenantId: string;
  subject: string;
  roles: Role[];
  /** Permissions to which a credential narrows its roles; none: no narrower. */
  scopes: string[];
  /** Of the API key that it came with. */
  keyId?: string;
}

/** The one tenant while authentication is off. */
export const DEFAULT_TENANT_ID = "00000000-0000-7000-8000-000000000001";
