import { schema, type TenantTx } from "@llamaagent/db";
import { and, eq } from "drizzle-orm";
import { scheduleNotFound } from "./find-schedule.ts";
import { ofSchedule } from "./schedule.ts";

const { schedules, scheduleFirings } = schema;

/** With its log; the runs that it started go on, and stay. Error: `not_found`. */
export async function deleteSchedule(tx: TenantTx, scheduleId: string): Promise<void> {
  // Its lock first: a firing under way is waited for, and its rows are seen then.
  const deleted = await tx.orm
    .delete(schedules)
    .where(ofSchedule(tx, scheduleId))
    .returning({ scheduleId: schedules.scheduleId });
  if (deleted.length === 0) throw scheduleNotFound();
  const ofThis = eq(scheduleFirings.scheduleId, scheduleId);
  await tx.orm
    .delete(scheduleFirings)
    .where(and(eq(scheduleFirings.tenantId, tx.tenantId), ofThis));
}
