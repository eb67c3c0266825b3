import { type AppError, batchedCall } from "@llamaagent/core";
import type { Database, TenantTx } from "@llamaagent/db";

const ITEMS_MAX = 100;

/** `batchedCall`, each tenant's calls in transactions of its own. */
export function batchedByTenant<Input, Output>(
  db: Database,
  call: (tx: TenantTx, inputs: Input[]) => Promise<(Output | AppError)[]>,
): (tenantId: string, input: Input) => Promise<Output> {
  /** Those that have calls under way. */
  const byTenant = new Map<string, { callOne: (input: Input) => Promise<Output>; open: number }>();
  const ofTenant = (tenantId: string) =>
    batchedCall({
      itemsMax: ITEMS_MAX,
      call: (inputs: Input[]) => db.tenant(tenantId, (tx) => call(tx, inputs)),
    });
  return (tenantId, input) => {
    const tenant = byTenant.get(tenantId) ?? { callOne: ofTenant(tenantId), open: 0 };
    byTenant.set(tenantId, tenant);
    tenant.open += 1;
    return tenant.callOne(input).finally(() => {
      tenant.open -= 1;
      if (tenant.open === 0) byTenant.delete(tenantId);
    });
  };
}
