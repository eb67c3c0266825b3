import { AppError, type Principal } from "@llamaagent/core";
import { schema, type TenantTx } from "@llamaagent/db";
import { eq } from "drizzle-orm";
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

/** Of one tenant: what workers look through each second is bounded. Requests at one instant may exceed it. */
const SCHEDULES_MAX = 1_000;

/** Errors: `not_found` where its run names what is not there, `conflict` where there are too many. */
export async function createSchedule(tx: TenantTx, schedule: NewSchedule): Promise<Schedule> {
  const { scheduleId, principal, definition, admission, trial } = schedule;
  await assertRoom(tx);
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

async function assertRoom(tx: TenantTx): Promise<void> {
  const there = await tx.orm.$count(schema.schedules, eq(schema.schedules.tenantId, tx.tenantId));
  if (there >= SCHEDULES_MAX)
    throw new AppError("conflict", {
      detail: `There are ${SCHEDULES_MAX} schedules, and no more are taken: delete one first`,
    });
}
