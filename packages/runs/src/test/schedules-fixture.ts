import type { Database } from "@llamaagent/db";
import { createRunsFixture } from "@llamaagent/testing/runs-fixture";
import { uuidv7 } from "uuidv7";
import type { AdmitRun } from "../new-run.ts";
import { createSchedule } from "../schedules/create-schedule.ts";
import { findSchedule } from "../schedules/find-schedule.ts";
import { fireSchedule } from "../schedules/fire-schedule.ts";
import { listFirings } from "../schedules/list-firings.ts";
import type { Schedule, ScheduleDefinition } from "../schedules/schedule.ts";

/** A tenant's schedules, on a database that has no others. */
export async function createSchedulesFixture(database: Database) {
  await database.system(async (tx) => {
    for (const table of ["schedules", "schedule_firings"]) await tx.query(`DELETE FROM ${table}`);
  });
  const runs = await createRunsFixture(database);
  const inTenant: Database["tenant"] = (tenantId, work) => database.tenant(tenantId, work);
  const trial = () => ({ runId: uuidv7(), at: new Date() });
  /** Of one moment, which tests make due: no other is near. */
  const plain: ScheduleDefinition = {
    cron: "0 0 1 1 *",
    timezone: "UTC",
    missed: "all",
    enabled: true,
    run: {},
    metadata: {},
  };

  function create(
    definition: Partial<ScheduleDefinition> = {},
    request: Partial<AdmitRun> = {},
  ): Promise<Schedule> {
    const { principal } = runs;
    return inTenant(principal.tenantId, (tx) =>
      createSchedule(tx, {
        scheduleId: uuidv7(),
        principal,
        definition: { ...plain, ...definition },
        admission: { input: "Good morning", metadata: {}, ...request },
        trial: trial(),
      }),
    );
  }
  /** As after so long without any worker: from the nearest moment of the timetable on. */
  async function dueSince(schedule: Schedule, ago: string): Promise<void> {
    await database.system((tx) =>
      tx.query(
        `UPDATE schedules SET next_due_at = date_trunc('second', now() - $2::interval) WHERE schedule_id = $1`,
        [schedule.schedule_id, ago],
      ),
    );
  }
  const keyOf = ({ schedule_id: scheduleId }: Schedule) => ({
    tenantId: runs.principal.tenantId,
    scheduleId,
  });
  const fire = (schedule: Schedule) => fireSchedule(runs.context, keyOf(schedule));
  const firings = (schedule: Schedule) =>
    inTenant(runs.principal.tenantId, (tx) =>
      listFirings(tx, schedule.schedule_id, { limit: 500 }),
    );
  const find = (schedule: Schedule) =>
    inTenant(runs.principal.tenantId, (tx) => findSchedule(tx, schedule.schedule_id));
  const countRuns = () =>
    database.system(async (tx) => {
      const rows = await tx.query<{ n: number }>(`SELECT count(*)::int AS n FROM runs`);
      return rows[0]?.n;
    });
  const addFirings = (schedule: Schedule, count: number) =>
    database.system((tx) =>
      tx.query(
        `INSERT INTO schedule_firings (tenant_id, schedule_id, due_at, outcome)
         SELECT $1, $2, now() - make_interval(secs => n), 'missed' FROM generate_series(1, $3::int) AS n`,
        [runs.principal.tenantId, schedule.schedule_id, count],
      ),
    );
  /** As many more like this one, of its tenant or of another. */
  const copy = (schedule: Schedule, count: number, tenantId = runs.principal.tenantId) =>
    database.system((tx) =>
      tx.query<{ schedule_id: string }>(
        `INSERT INTO schedules (tenant_id, schedule_id, subject, cron, timezone, missed, run, admission, enabled, next_due_at)
         SELECT $2, gen_random_uuid(), subject, cron, timezone, missed, run, admission, enabled, next_due_at
         FROM schedules, generate_series(1, $3::int) WHERE schedule_id = $1
         RETURNING schedule_id`,
        [schedule.schedule_id, tenantId, count],
      ),
    );
  return {
    runs,
    inTenant,
    trial,
    create,
    dueSince,
    keyOf,
    fire,
    firings,
    find,
    countRuns,
    addFirings,
    copy,
  };
}
