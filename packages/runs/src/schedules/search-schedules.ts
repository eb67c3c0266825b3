import type { JsonObject } from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";
import { readPage } from "../read-page.ts";
import { type Schedule, type ShownRow, toSchedule } from "./schedule.ts";

export interface ScheduleSearch {
  limit: number;
  /** Only schedules that were created before this one. */
  before?: string | undefined;
  enabled?: boolean | undefined;
  name?: string | undefined;
  /** Theirs holds all of this. */
  metadata?: JsonObject | undefined;
}

/** The newest first. Error: `invalid_request` where they have more than 16 MiB together. */
export async function searchSchedules(
  tx: TenantTx,
  { limit, before, enabled, name, metadata }: ScheduleSearch,
): Promise<Schedule[]> {
  const rows = await readPage<ShownRow>(tx, {
    noun: "schedules",
    sql: `SELECT schedule_id AS "scheduleId", name, cron, timezone, missed, run, enabled, next_due_at AS "nextDueAt", metadata,
        created_at AS "createdAt", updated_at AS "updatedAt",
        octet_length(run) + octet_length(metadata::text) AS bytes
      FROM schedules
      WHERE tenant_id = $1 AND ($2::uuid IS NULL OR schedule_id < $2) AND ($3::boolean IS NULL OR enabled = $3)
        AND ($4::text IS NULL OR name = $4) AND ($5::jsonb IS NULL OR metadata @> $5)
      ORDER BY schedule_id DESC LIMIT $6`,
    params: [tx.tenantId, before, enabled, name, metadata, limit],
  });
  return rows.map(toSchedule);
}
