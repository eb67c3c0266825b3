import type { Problem } from "@llamaagent/core";
import { schema, type TenantTx } from "@llamaagent/db";
import { and, desc, eq, lt } from "drizzle-orm";
import { findSchedule } from "./find-schedule.ts";

const { scheduleFirings } = schema;

export interface Firing {
  /** The moment of the timetable. */
  due_at: string;
  /** When a worker dealt with it. */
  fired_at: string;
  /** `missed`: with it all moments before that have no entry were given up. */
  outcome: "started" | "refused" | "missed";
  run_id?: string;
  /** Why it was refused. */
  error?: Problem;
}

export interface FiringPage {
  limit: number;
  /** Only moments before this one. */
  before?: Date | undefined;
}

/** The newest first; kept for 30 days. Error: `not_found` (the schedule). */
export async function listFirings(
  tx: TenantTx,
  scheduleId: string,
  { limit, before }: FiringPage,
): Promise<Firing[]> {
  await findSchedule(tx, scheduleId);
  const rows = await tx.orm
    .select()
    .from(scheduleFirings)
    .where(
      and(
        eq(scheduleFirings.tenantId, tx.tenantId),
        eq(scheduleFirings.scheduleId, scheduleId),
        before === undefined ? undefined : lt(scheduleFirings.dueAt, before),
      ),
    )
    .orderBy(desc(scheduleFirings.dueAt))
    .limit(limit);
  return rows.map(({ dueAt, firedAt, outcome, runId, error }) => ({
    due_at: dueAt.toISOString(),
    fired_at: firedAt.toISOString(),
    outcome,
    ...(runId === null ? {} : { run_id: runId }),
    // As `toProblem` wrote it.
    ...(error === null ? {} : { error: JSON.parse(error) as Problem }),
  }));
}
