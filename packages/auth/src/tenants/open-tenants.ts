import { AppError, type Clock } from "@llamaagent/core";
import type { Database } from "@llamaagent/db";
import { freshRows } from "../fresh-rows.ts";

/** Which tenants' callers are let in; for those who come with no key, whose row tells it too. */
export interface OpenTenants {
  /** Errors: `unauthorized` where there is no such tenant, `forbidden` where it is suspended. */
  assertOpen(tenantId: string): Promise<void>;
  /** Those of them that are not. */
  closed(tenantIds: readonly string[]): Promise<string[]>;
}

interface TenantState {
  tenant_id: string;
  is_suspended: boolean;
}

export function createOpenTenants({ db, clock }: { db: Database; clock: Clock }): OpenTenants {
  const states = freshRows({
    clock,
    read: (tenantIds) =>
      db.system((tx) =>
        tx.query<TenantState>(
          `SELECT tenant_id, suspended_at IS NOT NULL AS is_suspended FROM tenants WHERE tenant_id = ANY($1::uuid[])`,
          [tenantIds],
          { isLast: true },
        ),
      ),
    idOf: (row) => row.tenant_id,
  });
  return {
    async assertOpen(tenantId) {
      const state = await states.read(tenantId);
      if (state === undefined) throw new AppError("unauthorized");
      if (state.is_suspended)
        throw new AppError("forbidden", { detail: "The tenant of this token is suspended" });
    },
    async closed(tenantIds) {
      const read = await Promise.all(tenantIds.map((tenantId) => states.read(tenantId)));
      return tenantIds.filter((_tenantId, index) => read[index]?.is_suspended !== false);
    },
  };
}
