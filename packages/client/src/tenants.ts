import type { CallOptions } from "./call-options.ts";
import type {
  ApiKeyCreate,
  CreatedApiKey,
  CreatedTenant,
  Tenant,
  TenantCreate,
  TenantList,
  TenantUpdate,
} from "./generated/types.ts";
import { sendForJson, sendRepeatable } from "./http.ts";
import { query } from "./query.ts";
import type { Runtime } from "./runtime.ts";

export interface TenantsOptions extends CallOptions {
  limit?: number | undefined;
  /** `next_cursor` of the page before. */
  cursor?: string | undefined;
}

/** Those who share the installation; for a platform admin. */
export interface TenantsClient {
  /** One page, newest first. */
  list(options?: TenantsOptions): Promise<TenantList>;
  get(tenantId: string, options?: CallOptions): Promise<Tenant>;
  /** Its `admin_key` is shown this once. The call is not repeated: a lost answer leaves a tenant without a known key. */
  create(tenant: TenantCreate, options?: CallOptions): Promise<CreatedTenant>;
  /** Renames it, limits it, suspends it or takes that back. */
  update(tenantId: string, changes: TenantUpdate, options?: CallOptions): Promise<Tenant>;
  /** A key of the tenant. Not repeated either. */
  createKey(tenantId: string, key: ApiKeyCreate, options?: CallOptions): Promise<CreatedApiKey>;
}

export function tenantsClient(runtime: Runtime): TenantsClient {
  const path = (tenantId: string): string => `/tenants/${encodeURIComponent(tenantId)}`;
  return {
    list: ({ signal, ...page } = {}) =>
      sendRepeatable(runtime, { method: "GET", path: `/tenants${query(page)}`, signal }),
    get: (tenantId, { signal } = {}) =>
      sendRepeatable(runtime, { method: "GET", path: path(tenantId), signal }),
    create: (json, { signal } = {}) =>
      sendForJson(runtime, { method: "POST", path: "/tenants", json, signal }),
    update: (tenantId, json, { signal } = {}) =>
      sendRepeatable(runtime, { method: "PATCH", path: path(tenantId), json, signal }),
    createKey: (tenantId, json, { signal } = {}) =>
      sendForJson(runtime, { method: "POST", path: `${path(tenantId)}/keys`, json, signal }),
  };
}
