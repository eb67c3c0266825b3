import { AppError, canonicalJson, type Principal } from "@llamaagent/core";
import { schema, type TenantTx } from "@llamaagent/db";
import { sql } from "drizzle-orm";
import type { NewSchedule } from "./create-schedule.ts";
import { scheduleNotFound } from "./find-schedule.ts";
import { nextDue } from "./next-due.ts";
import {
  definitionColumns,
  ofSchedule,
  type RunnableSchedule,
  type Schedule,
  type ScheduleDefinition,
  toDefinition,
  toSchedule,
} from "./schedule.ts";
import { tryAdmission } from "./try-admission.ts";

const { schedules } = schema;

export type ChangedSchedule = Pick<RunnableSchedule, "definition"> & Partial<RunnableSchedule>;

export interface ScheduleUpdate extends Pick<NewSchedule, "scheduleId" | "trial"> {
  principal: Principal;
  /** Without an admission its runs stay what they are. */
  change: (current: ScheduleDefinition) => ChangedSchedule;
}

/**
 * The row's lock orders changes and firings. With another timetable, or enabled again, it fires from now
 * on: what was due before is not made up for. Errors: `not_found`, and what `change` throws.
 */
export async function updateSchedule(tx: TenantTx, update: ScheduleUpdate): Promise<Schedule> {
  const { scheduleId, principal, change, trial } = update;
  const [current] = await tx.orm
    .select()
    .from(schedules)
    .where(ofSchedule(tx, scheduleId))
    .for("update");
  if (current === undefined) throw scheduleNotFound();
  const before = toDefinition(current);
  const { definition, admission } = change(before);
  // One whose agent has gone may still be renamed or disabled.
  if (admission !== undefined && canonicalJson(definition.run) !== canonicalJson(before.run))
    await tryAdmission(tx, { ...trial, principal, request: admission });
  const [row] = await tx.orm
    .update(schedules)
    .set({
      ...definitionColumns({
        definition,
        admission: admission ?? (JSON.parse(current.admission) as RunnableSchedule["admission"]),
      }),
      nextDueAt: goesOn(before, definition) ? current.nextDueAt : await nextDue(tx, definition),
      updatedAt: sql`now()`,
    })
    .where(ofSchedule(tx, scheduleId))
    .returning();
  if (row === undefined) throw new AppError("internal");
  return toSchedule(row);
}

function goesOn(before: ScheduleDefinition, after: ScheduleDefinition): boolean {
  return (
    before.cron === after.cron &&
    before.timezone === after.timezone &&
    before.enabled === after.enabled
  );
}
