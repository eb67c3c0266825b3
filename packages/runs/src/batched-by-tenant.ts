import type { AppError } from "@llamaagent/core";
import type { Database, TenantTx } from "@llamaagent/db";
import { batchedCall } from "./batched-call.ts";

const ITEMS_MAX = 100;

/** `batchedCall`, each tenant's calls in transactions of its own. */
export function batchedByTenant<Input, Output>(
  db: Database,
  call: (tx: TenantTx, inputs: Input[]) => Promise<(Output | AppError)[]>,
): (tenantId: string, input: Input) => Promise<Output> {
  const byTenant = new Map<string, (input: Input) => Promise<Output>>();
  const ofTenant = (tenantId: string) =>
    batchedCall({
      itemsMax: ITEMS_MAX,
      call: (inputs: Input[]) => db.tenant(tenantId, (tx) => call(tx, inputs)),
    });
  return (tenantId, input) => {
    const callOne = byTenant.get(tenantId) ?? ofTenant(tenantId);
    byTenant.set(tenantId, callOne);
    return callOne(input);
  };
}
