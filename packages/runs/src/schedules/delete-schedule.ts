import { type Database, schema } from "@llamaagent/db";
import { deleteInPieces } from "../delete-in-pieces.ts";
import { scheduleNotFound } from "./find-schedule.ts";
import type { ScheduleKey } from "./fire-schedule.ts";
import { ofSchedule } from "./schedule.ts";

const { schedules } = schema;

/**
 * With its log, which goes by pieces; what a process that dies leaves of it nobody sees, and it goes with
 * its age. The runs that it started go on, and stay. Error: `not_found`.
 */
export async function deleteSchedule(
  db: Database,
  { tenantId, scheduleId }: ScheduleKey,
): Promise<void> {
  // First: a firing under way is waited for, and there is none after it.
  const deleted = await db.tenant(tenantId, (tx) =>
    tx.orm
      .delete(schedules)
      .where(ofSchedule(tx, scheduleId))
      .returning({ scheduleId: schedules.scheduleId }),
  );
  if (deleted.length === 0) throw scheduleNotFound();
  await deleteInPieces((work) => db.tenant(tenantId, work), {
    table: "schedule_firings",
    where: "tenant_id = $1 AND schedule_id = $2",
    values: [tenantId, scheduleId],
  });
}
