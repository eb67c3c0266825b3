import { AppError, type JsonObject } from "@llamaagent/core";
import { schema, sqlState, type TenantTx, unwrapOrmError } from "@llamaagent/db";
import { sql } from "drizzle-orm";
import type { ItemPlace } from "./item-place.ts";
import { namespaceText } from "./namespace-text.ts";

const { storeItems } = schema;

const CHECK_VIOLATION = "23514";

export interface NewItem extends ItemPlace {
  /** Free of U+0000 and lone surrogates: it is stored as jsonb. */
  value: JsonObject;
}

/**
 * Stores an item or replaces its value. Of several at one time the last one stays. Error:
 * `invalid_request` for a value that jsonb writes out in more than 2 MiB.
 */
export async function putItem(tx: TenantTx, { namespace, key, value }: NewItem): Promise<void> {
  try {
    await tx.orm
      .insert(storeItems)
      .values({ tenantId: tx.tenantId, namespace: namespaceText(namespace), key, value })
      .onConflictDoUpdate({
        target: [storeItems.tenantId, storeItems.namespace, storeItems.key],
        // Not now(), the transaction's begin: one that waited for the row would set the time back.
        set: { value, updatedAt: sql`clock_timestamp()` },
      });
  } catch (cause) {
    if (sqlState(cause) !== CHECK_VIOLATION) throw cause;
    throw new AppError("invalid_request", {
      errors: [{ pointer: "/value", message: "is over 2 MiB once its numbers are written out" }],
      // Causes are logged, and drizzle's error around the database's repeats the values.
      cause: unwrapOrmError(cause),
    });
  }
}
