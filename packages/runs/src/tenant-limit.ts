import { TENANT_LIMITS, type TenantLimits } from "@llamaagent/core";

/** SQL: what a tenant may have of something. */
export const tenantLimit = (name: keyof TenantLimits, tenant: string): string =>
  `coalesce((SELECT (limits ->> '${name}')::bigint FROM tenants WHERE tenants.tenant_id = ${tenant}), ${TENANT_LIMITS[name]})`;
