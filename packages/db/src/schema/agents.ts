import type { JsonObject } from "@llamaagent/core";
import { integer, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { moment } from "./columns.ts";

export const agents = pgTable(
  "agents",
  {
    tenantId: uuid("tenant_id").notNull(),
    agentId: uuid("agent_id").notNull(),
    name: text().notNull(),
    version: integer().notNull(),
    metadata: jsonb().$type<JsonObject>().notNull().default({}),
    createdAt: moment("created_at").notNull().defaultNow(),
    updatedAt: moment("updated_at").notNull().defaultNow(),
    deletedAt: moment("deleted_at"),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.agentId] })],
);

export const agentVersions = pgTable(
  "agent_versions",
  {
    tenantId: uuid("tenant_id").notNull(),
    agentId: uuid("agent_id").notNull(),
    version: integer().notNull(),
    definition: text().notNull(),
    timeoutSeconds: integer("timeout_seconds").notNull().default(600),
    createdAt: moment("created_at").notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.agentId, table.version] })],
);
