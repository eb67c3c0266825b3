import { schema, type TenantTx } from "@llamaagent/db";
import { itemAt, itemNotFound, type ItemPlace } from "./item-place.ts";

const { storeItems } = schema;

/** Error: `not_found`. */
export async function deleteItem(tx: TenantTx, place: ItemPlace): Promise<void> {
  const deleted = await tx.orm
    .delete(storeItems)
    .where(itemAt(tx, place))
    .returning({ key: storeItems.key });
  if (deleted.length === 0) throw itemNotFound();
}
