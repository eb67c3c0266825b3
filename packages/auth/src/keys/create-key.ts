import { AppError, type Principal } from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";
import { type Grants, permissionsOf } from "../permissions.ts";
import type { CreatedApiKey } from "./api-key.ts";
import { insertKey, type NewKey } from "./insert-key.ts";

/** Error: `forbidden` where the key could do what its creator may not. */
export async function createKey(
  tx: TenantTx,
  creator: Principal,
  key: Omit<NewKey, "createdBy">,
): Promise<CreatedApiKey> {
  assertMayGrant(creator, { roles: [...key.roles], scopes: [...key.scopes] });
  return insertKey(tx, tx.tenantId, { ...key, createdBy: creator.subject });
}

/** Nobody gives what they have not. */
export function assertMayGrant(creator: Grants, granted: Grants): void {
  const own = permissionsOf(creator);
  const beyond = permissionsOf(granted).filter((permission) => !own.includes(permission));
  if (beyond.length > 0)
    throw new AppError("forbidden", {
      detail: `A key may do no more than who makes it; this one could also ${beyond.join(", ")}`,
    });
}
