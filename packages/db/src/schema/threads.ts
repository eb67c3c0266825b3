import type { JsonObject, ThreadStatus } from "@llamaagent/core";
import { integer, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { moment } from "./columns.ts";

export const threads = pgTable(
  "threads",
  {
    tenantId: uuid("tenant_id").notNull(),
    threadId: uuid("thread_id").notNull(),
    status: text().$type<ThreadStatus>().notNull().default("idle"),
    metadata: jsonb().$type<JsonObject>().notNull().default({}),
    values: jsonb().$type<JsonObject>().notNull().default({}),
    activeRunId: uuid("active_run_id"),
    createdAt: moment("created_at").notNull().defaultNow(),
    updatedAt: moment("updated_at").notNull().defaultNow(),
    firstSeq: integer("first_seq").notNull().default(1),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.threadId] })],
);
