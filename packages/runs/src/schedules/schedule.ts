import type { JsonObject } from "@llamaagent/core";
import { schema, type TenantTx } from "@llamaagent/db";
import { and, eq, type SQL } from "drizzle-orm";
import type { AdmitRun } from "../new-run.ts";
import type { MissedPolicy } from "./due-moments.ts";
import { momentsAfter, type Timetable } from "./timetable.ts";

const { schedules } = schema;

/** What a schedule's owner says of it. */
export interface ScheduleDefinition extends Timetable {
  name?: string;
  missed: MissedPolicy;
  enabled: boolean;
  /** As it was asked for: shown, and changed by patches. */
  run: JsonObject;
  /** Free of NUL and lone surrogates: it is stored as jsonb. */
  metadata: JsonObject;
}

/** A definition with what its run comes to at each firing. */
export interface RunnableSchedule {
  definition: ScheduleDefinition;
  admission: AdmitRun;
}

export interface Schedule extends ScheduleDefinition {
  schedule_id: string;
  /** The next five moments; none while it is disabled. */
  next_firings: string[];
  created_at: string;
  updated_at: string;
}

/** What of a row is shown: not what its run comes to, which is as large once more. */
export type ShownRow = Omit<typeof schedules.$inferSelect, "tenantId" | "subject" | "admission">;

const NEXT_FIRINGS = 5;

export function toDefinition(row: ShownRow): ScheduleDefinition {
  return {
    ...(row.name === null ? {} : { name: row.name }),
    cron: row.cron,
    timezone: row.timezone,
    missed: row.missed,
    enabled: row.enabled,
    // What was written by JSON.stringify is what it was.
    run: JSON.parse(row.run) as JsonObject,
    metadata: row.metadata,
  };
}

export function toSchedule(row: ShownRow): Schedule {
  const next = row.nextDueAt;
  const moments = next === null ? [] : [next, ...momentsAfter(row, next, NEXT_FIRINGS - 1)];
  return {
    schedule_id: row.scheduleId,
    ...toDefinition(row),
    next_firings: moments.map((moment) => moment.toISOString()),
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}

/** The columns that hold a definition; of `next_due_at` it says nothing. */
export function definitionColumns({ definition, admission }: RunnableSchedule) {
  const { name = null, cron, timezone, missed, enabled, run, metadata } = definition;
  const texts = { run: JSON.stringify(run), admission: JSON.stringify(admission) };
  return { name, cron, timezone, missed, enabled, metadata, ...texts };
}

export function ofSchedule(tx: TenantTx, scheduleId: string): SQL | undefined {
  return and(eq(schedules.tenantId, tx.tenantId), eq(schedules.scheduleId, scheduleId));
}
