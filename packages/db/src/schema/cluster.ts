import type { JsonObject } from "@llamaagent/core";
import { integer, jsonb, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { moment } from "./columns.ts";

export const workers = pgTable("workers", {
  workerId: uuid("worker_id").primaryKey(),
  aliveUntil: moment("alive_until").notNull(),
  startedAt: moment("started_at").notNull().defaultNow(),
  capabilities: jsonb().$type<JsonObject>().notNull().default({}),
});

/** Made by `migrate` before the first migration. */
export const schemaMigrations = pgTable("schema_migrations", {
  version: integer().primaryKey(),
  name: text().notNull(),
  sha256: text().notNull(),
  appliedAt: moment("applied_at").notNull().defaultNow(),
});
