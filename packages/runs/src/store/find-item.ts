import type { StoreItem } from "@llamaagent/core";
import { schema, type TenantTx } from "@llamaagent/db";
import { itemAt, itemNotFound, type ItemPlace } from "./item-place.ts";
import { toStoreItem } from "./item-row.ts";

const { storeItems } = schema;

/** Error: `not_found`. */
export async function findItem(tx: TenantTx, place: ItemPlace): Promise<StoreItem> {
  const [row] = await tx.orm.select().from(storeItems).where(itemAt(tx, place));
  if (row === undefined) throw itemNotFound();
  return toStoreItem(row);
}
