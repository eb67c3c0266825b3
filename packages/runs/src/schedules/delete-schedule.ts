import { type Database, schema, type TenantTx } from "@llamaagent/db";
import { deleteInPieces } from "../delete-in-pieces.ts";
import { scheduleNotFound } from "./find-schedule.ts";
import type { ScheduleKey } from "./fire-schedule.ts";
import { ofSchedule } from "./schedule.ts";

const { schedules } = schema;

/**
 * With its log, which goes by pieces; what a process that dies leaves of it nobody sees, and it goes with
 * its age. The runs that it started go on, and stay. `record` goes into the transaction that deletes it. Error:
 * `not_found`.
 */
export async function deleteSchedule(
  db: Database,
  { tenantId, scheduleId }: ScheduleKey,
  record: (tx: TenantTx) => Promise<void> = async () => undefined,
): Promise<void> {
  // First: a firing under way is waited for, and there is none after it.
  await db.tenant(tenantId, async (tx) => {
    const deleted = await tx.orm
      .delete(schedules)
      .where(ofSchedule(tx, scheduleId))
      .returning({ scheduleId: schedules.scheduleId });
    if (deleted.length === 0) throw scheduleNotFound();
    await record(tx);
  });
  await deleteInPieces((work) => db.tenant(tenantId, work), {
    table: "schedule_firings",
    where: "tenant_id = $1 AND schedule_id = $2",
    values: [tenantId, scheduleId],
  });
}
