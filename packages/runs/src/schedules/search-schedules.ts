import type { JsonObject } from "@llamaagent/core";
import { schema, type TenantTx } from "@llamaagent/db";
import { and, desc, eq, lt, sql } from "drizzle-orm";
import { type Schedule, toSchedule } from "./schedule.ts";

const { schedules } = schema;

export interface ScheduleSearch {
  limit: number;
  /** Only schedules that were created before this one. */
  before?: string | undefined;
  enabled?: boolean | undefined;
  name?: string | undefined;
  /** Theirs holds all of this. */
  metadata?: JsonObject | undefined;
}

/** The newest first. */
export async function searchSchedules(
  tx: TenantTx,
  { limit, before, enabled, name, metadata }: ScheduleSearch,
): Promise<Schedule[]> {
  const rows = await tx.orm
    .select()
    .from(schedules)
    .where(
      and(
        eq(schedules.tenantId, tx.tenantId),
        before === undefined ? undefined : lt(schedules.scheduleId, before),
        enabled === undefined ? undefined : eq(schedules.enabled, enabled),
        name === undefined ? undefined : eq(schedules.name, name),
        metadata === undefined
          ? undefined
          : sql`${schedules.metadata} @> ${JSON.stringify(metadata)}::jsonb`,
      ),
    )
    .orderBy(desc(schedules.scheduleId))
    .limit(limit);
  return rows.map(toSchedule);
}
