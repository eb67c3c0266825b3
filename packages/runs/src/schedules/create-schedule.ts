import { AppError, type Principal } from "@llamaagent/core";
import { schema, type TenantTx } from "@llamaagent/db";
import type { NewRun } from "../new-run.ts";
import { nextDue } from "./next-due.ts";
import { definitionColumns, type RunnableSchedule, type Schedule, toSchedule } from "./schedule.ts";
import { tryAdmission } from "./try-admission.ts";

export interface NewSchedule extends RunnableSchedule {
  scheduleId: string;
  principal: Principal;
  /** Of the run that is tried out. */
  trial: Pick<NewRun, "runId" | "at">;
}

/** Error: `not_found` where its run names what is not there. */
export async function createSchedule(tx: TenantTx, schedule: NewSchedule): Promise<Schedule> {
  const { scheduleId, principal, definition, admission, trial } = schedule;
  await tryAdmission(tx, { ...trial, principal, request: admission });
  const [row] = await tx.orm
    .insert(schema.schedules)
    .values({
      tenantId: tx.tenantId,
      scheduleId,
      subject: principal.subject,
      ...definitionColumns(schedule),
      nextDueAt: await nextDue(tx, definition),
    })
    .returning();
  if (row === undefined) throw new AppError("internal");
  return toSchedule(row);
}
