import { integer, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { bytea, moment } from "./columns.ts";

export const blobs = pgTable(
  "blobs",
  {
    tenantId: uuid("tenant_id").notNull(),
    sha256: text().notNull(),
    sizeBytes: integer("size_bytes").notNull(),
    touchedAt: moment("touched_at").notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.sha256] })],
);

export const blobChunks = pgTable(
  "blob_chunks",
  {
    tenantId: uuid("tenant_id").notNull(),
    sha256: text().notNull(),
    chunk: integer().notNull(),
    bytes: bytea().notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.sha256, table.chunk] })],
);

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
