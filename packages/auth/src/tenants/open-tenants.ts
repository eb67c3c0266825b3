import { AppError, type Clock, type TenantLimits, tenantLimits } from "@llamaagent/core";
import type { Database } from "@llamaagent/db";
import { freshRows } from "../fresh-rows.ts";

/** Which tenants' callers are let in; for those who come with no key, whose row tells it too. */
export interface OpenTenants {
  /** The tenant's limits. Errors: `unauthorized` where there is no such tenant, `forbidden` where it is suspended. */
  limitsOf(tenantId: string): Promise<TenantLimits>;
  /** Those of them that are not. */
  closed(tenantIds: readonly string[]): Promise<string[]>;
}

interface TenantState {
  tenant_id: string;
  is_suspended: boolean;
  limits: Partial<TenantLimits>;
}

export function createOpenTenants({ db, clock }: { db: Database; clock: Clock }): OpenTenants {
  const states = freshRows({
    clock,
    read: (tenantIds) =>
      db.system((tx) =>
        tx.query<TenantState>(
          `SELECT tenant_id, limits, suspended_at IS NOT NULL AS is_suspended FROM tenants WHERE tenant_id = ANY($1::uuid[])`,
          [tenantIds],
          { isLast: true },
        ),
      ),
    idOf: (row) => row.tenant_id,
  });
  return {
    async limitsOf(tenantId) {
      const state = await states.read(tenantId);
      if (state === undefined) throw new AppError("unauthorized");
      if (state.is_suspended)
        throw new AppError("forbidden", { detail: "The tenant of this token is suspended" });
      return tenantLimits(state.limits);
    },
    async closed(tenantIds) {
      const read = await Promise.all(tenantIds.map((tenantId) => states.read(tenantId)));
      return tenantIds.filter((_tenantId, index) => read[index]?.is_suspended !== false);
    },
  };
}
