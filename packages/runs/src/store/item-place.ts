import { AppError } from "@llamaagent/core";
import { schema, type TenantTx } from "@llamaagent/db";
import { and, eq, gte, lt, type SQL } from "drizzle-orm";
import { namespacesUnder, namespaceText } from "./namespace-text.ts";

const { storeItems } = schema;

/** Where an item is. Labels are neither empty nor hold dots; key and labels are what `text` can hold. */
export interface ItemPlace {
  namespace: readonly string[];
  key: string;
}

export function itemAt(tx: TenantTx, { namespace, key }: ItemPlace): SQL | undefined {
  return and(
    eq(storeItems.tenantId, tx.tenantId),
    eq(storeItems.namespace, namespaceText(namespace)),
    eq(storeItems.key, key),
  );
}

export function itemsUnder(tx: TenantTx, prefix: readonly string[]): SQL | undefined {
  const { from, before } = namespacesUnder(prefix);
  return and(
    eq(storeItems.tenantId, tx.tenantId),
    gte(storeItems.namespace, from),
    before === undefined ? undefined : lt(storeItems.namespace, before),
  );
}

export function itemNotFound(): AppError {
  return new AppError("not_found", { detail: "There is no such item" });
}
