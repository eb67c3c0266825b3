import { type AppError, type ErrorCode, isAppError, toProblem } from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";
import { type Admitted, admitIn, announceAdmission } from "../admit-run.ts";
import type { AdmitRun, NewRun } from "../new-run.ts";
import type { RunsContext } from "../runs-context.ts";
import { inSavepoint } from "../savepoint.ts";
import { dueMoments, type MissedPolicy } from "./due-moments.ts";
import type { Timetable } from "./timetable.ts";

export interface ScheduleKey {
  tenantId: string;
  scheduleId: string;
}

interface DueSchedule extends Timetable {
  subject: string;
  missed: MissedPolicy;
  admission: string;
  next_due_at: Date;
  now: Date;
}

/**
 * Fires a schedule that is due, in one transaction: its runs, its log and the next moment are stored
 * together, or nothing is. By Postgres's clock alone, so that it does not matter whose worker's is off.
 * False where it is not due any more, or somebody else has it.
 */
export async function fireSchedule(
  context: Pick<RunsContext, "db" | "hints" | "tail" | "cancelSignals" | "newId">,
  { tenantId, scheduleId }: ScheduleKey,
): Promise<boolean> {
  const admitted = await context.db.tenant(tenantId, async (tx) => {
    const due = await lockDue(tx, scheduleId);
    return due && fire(tx, { scheduleId, due, newId: context.newId });
  });
  // After the commit. Nobody waits for it: what is lost is repeated.
  for (const one of admitted ?? []) void announceAdmission(context, one);
  return admitted !== undefined;
}

async function lockDue(tx: TenantTx, scheduleId: string): Promise<DueSchedule | undefined> {
  const [due] = await tx.query<DueSchedule>(
    `SELECT subject, cron, timezone, missed, admission, next_due_at, now() AS now
     FROM schedules WHERE tenant_id = $1 AND schedule_id = $2 AND enabled AND next_due_at <= now()
     FOR UPDATE SKIP LOCKED`,
    [tx.tenantId, scheduleId],
  );
  return due;
}

async function fire(
  tx: TenantTx,
  { scheduleId, due, newId }: { scheduleId: string; due: DueSchedule; newId: () => string },
): Promise<Admitted[]> {
  const { now, missed, next_due_at: from } = due;
  const moments = dueMoments({ timetable: due, missed, from, now });
  const key = [tx.tenantId, scheduleId];
  if (moments.missed)
    await tx.query(
      `INSERT INTO schedule_firings (tenant_id, schedule_id, due_at, outcome) VALUES ($1, $2, $3, 'missed')
       ON CONFLICT DO NOTHING`,
      [...key, moments.missed],
    );
  const firings = await tx.query<{ due_at: Date; run_id: string }>(
    `INSERT INTO schedule_firings (tenant_id, schedule_id, due_at, run_id, outcome)
     SELECT $1, $2, due_at, run_id, 'started' FROM unnest($3::timestamptz[], $4::uuid[]) AS new (due_at, run_id)
     ON CONFLICT DO NOTHING RETURNING due_at, run_id`,
    [...key, moments.fire, moments.fire.map(() => newId())],
  );
  const request = JSON.parse(due.admission) as AdmitRun; // as it was written
  const principal = { tenantId: tx.tenantId, subject: due.subject, roles: [], scopes: [] };
  const started: Admitted[] = [];
  for (const { due_at: dueAt, run_id: runId } of firings) {
    const outcome = await admitOrRefuse(tx, { principal, request, runId, at: now });
    if ("admitted" in outcome) started.push(outcome.admitted);
    else
      await tx.query(
        `UPDATE schedule_firings SET outcome = 'refused', run_id = NULL, error = $4
         WHERE tenant_id = $1 AND schedule_id = $2 AND due_at = $3`,
        [...key, dueAt, JSON.stringify(toProblem(outcome.refusal))],
      );
  }
  await tx.query(
    `UPDATE schedules SET next_due_at = $3 WHERE tenant_id = $1 AND schedule_id = $2`,
    [...key, moments.next],
    { isLast: true },
  );
  return started;
}

const REFUSALS: ReadonlySet<string> = new Set<ErrorCode>(["not_found", "conflict", "rate_limited"]);

/** What a client would be told is the firing's outcome; everything else is this worker's trouble. */
async function admitOrRefuse(
  tx: TenantTx,
  given: NewRun,
): Promise<{ admitted: Admitted } | { refusal: AppError }> {
  try {
    return { admitted: await inSavepoint(tx, () => admitIn(tx, given)) };
  } catch (error) {
    if (isAppError(error) && REFUSALS.has(error.code)) return { refusal: error };
    throw error;
  }
}
