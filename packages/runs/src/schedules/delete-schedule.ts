import { type Database, schema } from "@llamaagent/db";
import { scheduleNotFound } from "./find-schedule.ts";
import type { ScheduleKey } from "./fire-schedule.ts";
import { ofSchedule } from "./schedule.ts";

const { schedules } = schema;

/** One that fires each second has 2.6 million in 30 days: more than one statement has time for. */
const FIRINGS_MAX = 10_000;

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
  for (;;) {
    const [piece] = await db.tenant(tenantId, (tx) =>
      tx.query<{ firings: number }>(
        `WITH gone AS (
           DELETE FROM schedule_firings WHERE ctid = ANY (ARRAY(
             SELECT ctid FROM schedule_firings WHERE tenant_id = $1 AND schedule_id = $2 LIMIT ${FIRINGS_MAX}))
           RETURNING 1)
         SELECT count(*)::int AS firings FROM gone`,
        [tenantId, scheduleId],
      ),
    );
    if (piece === undefined || piece.firings < FIRINGS_MAX) return;
  }
}
