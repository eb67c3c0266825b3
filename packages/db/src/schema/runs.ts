import type { JsonObject } from "@llamaagent/core";
import { boolean, integer, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { moment } from "./columns.ts";

export const runs = pgTable(
  "runs",
  {
    tenantId: uuid("tenant_id").notNull(),
    runId: uuid("run_id").notNull(),
    subject: text().notNull(),
    agentId: uuid("agent_id").notNull(),
    agentVersion: integer("agent_version").notNull(),
    threadId: uuid("thread_id"),
    state: text().notNull(),
    stopReason: text("stop_reason"),
    input: text(),
    messages: text(),
    output: text(),
    produced: text(),
    error: text(),
    inputTokens: integer("input_tokens").notNull().default(0),
    outputTokens: integer("output_tokens").notNull().default(0),
    metadata: jsonb().$type<JsonObject>().notNull().default({}),
    epoch: integer().notNull().default(0),
    owner: uuid(),
    generation: integer().notNull().default(1),
    priority: integer().notNull().default(1),
    blocked: boolean().notNull().default(false),
    hintDueAt: moment("hint_due_at"),
    hintDelaySeconds: integer("hint_delay_seconds").notNull().default(5),
    lookAt: moment("look_at"),
    timeoutSeconds: integer("timeout_seconds").notNull(),
    deadlineAt: moment("deadline_at"),
    timeLeftSeconds: integer("time_left_seconds"),
    cancelRequestedAt: moment("cancel_requested_at"),
    createdAt: moment("created_at").notNull().defaultNow(),
    updatedAt: moment("updated_at").notNull().defaultNow(),
    startedAt: moment("started_at"),
    endedAt: moment("ended_at"),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.runId] })],
);

export const runSteps = pgTable(
  "run_steps",
  {
    tenantId: uuid("tenant_id").notNull(),
    runId: uuid("run_id").notNull(),
    stepKey: text("step_key").notNull(),
    kind: text().notNull(),
    name: text(),
    effect: text().notNull(),
    state: text().notNull(),
    inputHash: text("input_hash").notNull(),
    result: text(),
    resultSha256: text("result_sha256"),
    epoch: integer().notNull(),
    startedAt: moment("started_at").notNull().defaultNow(),
    endedAt: moment("ended_at"),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.runId, table.stepKey] })],
);

export const runEvents = pgTable(
  "run_events",
  {
    tenantId: uuid("tenant_id").notNull(),
    runId: uuid("run_id").notNull(),
    epoch: integer().notNull(),
    seq: integer().notNull(),
    type: text().notNull(),
    data: text().notNull(),
    stepKey: text("step_key"),
    scope: text(),
    ordinal: integer(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.runId, table.epoch, table.seq] })],
);

export const idempotencyKeys = pgTable(
  "idempotency_keys",
  {
    tenantId: uuid("tenant_id").notNull(),
    subject: text().notNull(),
    key: text().notNull(),
    bodyHash: text("body_hash").notNull(),
    runId: uuid("run_id").notNull(),
    createdAt: moment("created_at").notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.subject, table.key] })],
);
