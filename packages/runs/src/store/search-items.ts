import type { JsonObject, StoreItem } from "@llamaagent/core";
import { schema, type TenantTx } from "@llamaagent/db";
import { and, type SQL, sql } from "drizzle-orm";
import { readPage } from "../read-page.ts";
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

interface ItemRow {
  namespace: string;
  key: string;
  value: JsonObject;
  created_at: Date;
  updated_at: Date;
}

/**
 * By namespace and key, in the order of bytes. Error: `invalid_request` where the items of the page
 * hold more than 16 MiB together.
 */
export async function searchItems(
  tx: TenantTx,
  { prefix, filter, limit, offset }: ItemSearch,
): Promise<StoreItem[]> {
  const { namespace, key, value, createdAt, updatedAt, valueBytes } = storeItems;
  const page = tx.orm
    .select({ namespace, key, value, createdAt, updatedAt, bytes: sql`${valueBytes}`.as("bytes") })
    .from(storeItems)
    .where(and(itemsUnder(tx, prefix), hasFields(filter)))
    .orderBy(namespace, key)
    .limit(limit)
    .offset(offset);
  const rows = await readPage<ItemRow>(tx, { noun: "items", ...page.toSQL() });
  return rows.map(({ created_at, updated_at, ...row }) =>
    toStoreItem({ ...row, createdAt: created_at, updatedAt: updated_at }),
  );
}

/** `@>` alone would also take what holds more than the field's value; `||` puts the value in its place. */
function hasFields(filter: JsonObject): SQL | undefined {
  if (Object.keys(filter).length === 0) return undefined;
  const wanted = sql`${JSON.stringify(filter)}::jsonb`;
  return sql`${storeItems.value} @> ${wanted} AND ${storeItems.value} || ${wanted} = ${storeItems.value}`;
}
