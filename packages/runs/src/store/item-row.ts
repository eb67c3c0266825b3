import type { StoreItem } from "@llamaagent/core";
import type { schema } from "@llamaagent/db";
import { namespaceLabels } from "./namespace-text.ts";

type Row = Omit<typeof schema.storeItems.$inferSelect, "tenantId" | "valueBytes">;

export function toStoreItem(row: Row): StoreItem {
  return {
    namespace: namespaceLabels(row.namespace),
    key: row.key,
    value: row.value,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}
