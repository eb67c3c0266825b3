import { integer, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { moment } from "./columns.ts";

export const threadFiles = pgTable(
  "thread_files",
  {
    tenantId: uuid("tenant_id").notNull(),
    threadId: uuid("thread_id").notNull(),
    path: text().notNull(),
    sha256: text().notNull(),
    sizeBytes: integer("size_bytes").notNull(),
    mediaType: text("media_type").notNull(),
    createdAt: moment("created_at").notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.threadId, table.path] })],
);
