import type { JsonObject, MessageRole, ThreadStatus } from "@llamaagent/core";
import { boolean, integer, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
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

export const messages = pgTable(
  "messages",
  {
    tenantId: uuid("tenant_id").notNull(),
    threadId: uuid("thread_id").notNull(),
    seq: integer().notNull(),
    runId: uuid("run_id"),
    messageId: text("message_id").notNull(),
    role: text().$type<MessageRole>().notNull(),
    content: text().notNull(),
    toolCalls: text("tool_calls"),
    toolCallId: text("tool_call_id"),
    metadata: text(),
    createdAt: moment("created_at").notNull().defaultNow(),
    copied: boolean().notNull().default(false),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.threadId, table.seq] })],
);
