import { schema, type TenantTx } from "@llamaagent/db";
import { and, type SQL, sql } from "drizzle-orm";
import { itemsUnder } from "./item-place.ts";
import { namespaceLabels, namespaceText } from "./namespace-text.ts";

const { storeItems } = schema;

/** To which a regular expression of Postgres counts; namespaces have fewer labels. */
const COUNT_MAX = 255;

export interface NamespaceSearch {
  prefix: readonly string[];
  suffix: readonly string[];
  /** Longer namespaces are cut to so many labels, once they are found to match. */
  maxDepth?: number | undefined;
  limit: number;
  offset: number;
}

/** Namespaces that hold an item, each once, in the order of their bytes. */
export async function listNamespaces(
  tx: TenantTx,
  { prefix, suffix, maxDepth, limit, offset }: NamespaceSearch,
): Promise<string[][]> {
  const namespace = sql<string>`${cutTo(maxDepth)}`.as("namespace");
  const rows = await tx.orm
    .selectDistinct({ namespace })
    .from(storeItems)
    .where(and(itemsUnder(tx, prefix), endsWith(suffix)))
    .orderBy(sql`namespace`)
    .limit(limit)
    .offset(offset);
  return rows.map((row) => namespaceLabels(row.namespace));
}

function cutTo(maxDepth: number | undefined): SQL {
  if (maxDepth === undefined) return sql`${storeItems.namespace}`;
  const depth = Math.min(maxDepth, COUNT_MAX);
  return sql`substring(${storeItems.namespace} FROM ${`^(?:[^.]*\\.){0,${depth}}`})`;
}

/** The dot before the first label keeps `b` from matching `ab`. */
function endsWith(suffix: readonly string[]): SQL | undefined {
  if (suffix.length === 0) return undefined;
  const ending = `.${namespaceText(suffix)}`;
  return sql`right('.' || ${storeItems.namespace}, length(${ending})) = ${ending}`;
}
