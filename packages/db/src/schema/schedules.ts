import type { JsonObject } from "@llamaagent/core";
import { boolean, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { moment } from "./columns.ts";

export const schedules = pgTable(
  "schedules",
  {
    tenantId: uuid("tenant_id").notNull(),
    scheduleId: uuid("schedule_id").notNull(),
    subject: text().notNull(),
    name: text(),
    cron: text().notNull(),
    timezone: text().notNull(),
    missed: text().$type<"skip" | "one" | "all">().notNull(),
    run: text().notNull(),
    admission: text().notNull(),
    enabled: boolean().notNull(),
    nextDueAt: moment("next_due_at"),
    metadata: jsonb().$type<JsonObject>().notNull().default({}),
    createdAt: moment("created_at").notNull().defaultNow(),
    updatedAt: moment("updated_at").notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.scheduleId] })],
);

export const scheduleFirings = pgTable(
  "schedule_firings",
  {
    tenantId: uuid("tenant_id").notNull(),
    scheduleId: uuid("schedule_id").notNull(),
    dueAt: moment("due_at").notNull(),
    outcome: text().$type<"started" | "refused" | "missed">().notNull(),
    runId: uuid("run_id"),
    error: text(),
    firedAt: moment("fired_at").notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.scheduleId, table.dueAt] })],
);
