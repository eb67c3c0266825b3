import type { JsonObject, StoreItem } from "@llamaagent/core";
import { schema, type TenantTx } from "@llamaagent/db";
import { and, type SQL, sql } from "drizzle-orm";
import { PAGE_BYTES_MAX, pageTooLarge } from "../page-too-large.ts";
import { itemsUnder } from "./item-place.ts";
import { toStoreItem } from "./item-row.ts";

const { storeItems } = schema;

export interface ItemSearch {
  /** Labels that the namespaces begin with. */
  prefix: readonly string[];
  /** Fields that the values have, with exactly these values; free of U+0000 and lone surrogates. */
  filter: JsonObject;
  limit: number;
  offset: number;
}

/**
 * By namespace and key, in the order of bytes. Error: `invalid_request` where the items of the page
 * hold more than 16 MiB together: all are in memory at once.
 */
export async function searchItems(
  tx: TenantTx,
  { prefix, filter, limit, offset }: ItemSearch,
): Promise<StoreItem[]> {
  const page = tx.orm
    .select()
    .from(storeItems)
    .where(and(itemsUnder(tx, prefix), hasFields(filter)))
    .orderBy(storeItems.namespace, storeItems.key)
    .limit(limit)
    .offset(offset)
    .as("page");
  const rows = await tx.orm
    .select({
      namespace: page.namespace,
      key: page.key,
      // Nothing of a page that is too large leaves the database.
      value: sql<JsonObject | null>`CASE WHEN sum(${page.valueBytes}) OVER () <= ${PAGE_BYTES_MAX} THEN ${page.value} END`,
      createdAt: page.createdAt,
      updatedAt: page.updatedAt,
    })
    .from(page)
    .orderBy(page.namespace, page.key);
  return rows.map(({ value, ...row }) => {
    if (value === null) throw pageTooLarge("items");
    return toStoreItem({ ...row, value });
  });
}

/** `@>` alone would also take what holds more than the field's value; `||` puts the value in its place. */
function hasFields(filter: JsonObject): SQL | undefined {
  if (Object.keys(filter).length === 0) return undefined;
  const wanted = sql`${JSON.stringify(filter)}::jsonb`;
  return sql`${storeItems.value} @> ${wanted} AND ${storeItems.value} || ${wanted} = ${storeItems.value}`;
}
