import type { JsonObject } from "@llamaagent/core";
import { sql } from "drizzle-orm";
import { integer, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { moment } from "./columns.ts";

export const storeItems = pgTable(
  "store_items",
  {
    tenantId: uuid("tenant_id").notNull(),
    namespace: text().notNull(),
    key: text().notNull(),
    value: jsonb().$type<JsonObject>().notNull(),
    valueBytes: integer("value_bytes")
      .notNull()
      .generatedAlwaysAs(sql`octet_length(value::text)`),
    createdAt: moment("created_at").notNull().defaultNow(),
    updatedAt: moment("updated_at").notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.namespace, table.key] })],
);
