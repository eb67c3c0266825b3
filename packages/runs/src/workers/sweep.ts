import { AppError, isAppError, type RunKey, toProblem } from "@llamaagent/core";
import type { SystemTx } from "@llamaagent/db";
import { announceEnd } from "../ends/announce-end.ts";
import { endForeignRun } from "../ends/end-foreign-run.ts";
import { type HintRow, hintColumns, toHint } from "../hints/hint-row.ts";
import { REQUEUED_AT_WORK } from "../hints/requeued.ts";
import { QUARANTINE_FROM } from "../ends/strike-run.ts";
import type { RunsContext } from "../runs-context.ts";
import { wakeDelayed } from "./wake-delayed.ts";

/** Rows that one sweep handles of each kind. */
const ROWS_MAX = 200;
/**
 * Of those in one transaction, where their hints are repeated: a claim passes over rows that are locked, and
 * takes one that stands behind them, by no more places than these.
 */
const HINTS_AT_ONCE = 20;

/** A run whose owner died. */
export interface TakenOver {
  runId: string;
  strikes: number;
}

/**
 * What every worker does each 2 s, so that nothing depends on a process that died: gives runs of dead
 * owners back to the queue and answers them, repeats hints that led to nothing, wakes what was to start later, ends what is
 * over its time.
 */
export async function sweepRuns(
  context: Pick<RunsContext, "db" | "hints" | "tail" | "clock">,
  { mayTakeOver, mayStrike = true }: { mayTakeOver: boolean; mayStrike?: boolean },
): Promise<TakenOver[]> {
  const { db, hints } = context;
  const lapsed = mayTakeOver ? await db.system((tx) => requeueLapsed(tx, mayStrike)) : [];
  // After the commit: a hint may lead to a claim at once.
  if (lapsed.length > 0) await hints.add(lapsed.map(toHint));
  await repeatOverdueHints(context);
  // Each has errors of single runs, which are no reason to leave the other out.
  const done = await Promise.allSettled([wakeDelayed(context), endOverdue(context)]);
  for (const one of done) if (one.status === "rejected") throw one.reason;
  return lapsed.map((row) => ({ runId: row.run_id, strikes: row.strikes }));
}

/**
 * Strikes of the run that `runs` is, once its owner's row has lapsed; the owner deletes its row when it is
 * drained. In quarantine only a death counts that was the run's own: here where nothing else was executed
 * in the process (embedded), and then only where it finished no step. Whoever kills the process again
 * and again must not end a run that gets on.
 */
const STRUCK = `strikes + CASE
  WHEN NOT EXISTS (SELECT FROM workers WHERE worker_id = runs.owner) THEN 0
  WHEN strikes < ${QUARANTINE_FROM} THEN $1::boolean::int
  WHEN alone_epoch IS DISTINCT FROM epoch THEN 0
  WHEN EXISTS (SELECT FROM run_steps s WHERE s.tenant_id = runs.tenant_id AND s.run_id = runs.run_id
    AND s.epoch = runs.epoch AND s.state = 'done' AND s.origin_run_id IS NULL) THEN 0
  ELSE 1 END`;

async function requeueLapsed(
  tx: SystemTx,
  mayStrike: boolean,
): Promise<(HintRow & { strikes: number })[]> {
  return tx.query(
    `UPDATE runs SET ${REQUEUED_AT_WORK}, strikes = ${STRUCK}
     WHERE (tenant_id, run_id) IN (
       SELECT tenant_id, run_id FROM runs WHERE state = 'running' AND NOT EXISTS (
         SELECT FROM workers WHERE worker_id = runs.owner AND alive_until > now())
       LIMIT ${ROWS_MAX} FOR UPDATE SKIP LOCKED)
     RETURNING ${hintColumns}, strikes`,
    [mayStrike],
  );
}

async function repeatOverdueHints({ db, hints }: Pick<RunsContext, "db" | "hints">): Promise<void> {
  for (let taken = 0; taken < ROWS_MAX; taken += HINTS_AT_ONCE) {
    const overdue = await db.system(takeOverdueHints);
    if (overdue.length > 0) await hints.add(overdue.map(toHint));
    if (overdue.length < HINTS_AT_ONCE) return;
  }
}

async function takeOverdueHints(tx: SystemTx): Promise<HintRow[]> {
  return tx.query(
    `UPDATE runs SET hint_delay_seconds = least(hint_delay_seconds * 2, 60),
       hint_due_at = now() + make_interval(secs => least(hint_delay_seconds * 2, 60))
     WHERE (tenant_id, run_id) IN (
       SELECT tenant_id, run_id FROM runs WHERE state = 'queued' AND NOT blocked AND hint_due_at < now()
       ORDER BY hint_due_at LIMIT ${HINTS_AT_ONCE} FOR UPDATE SKIP LOCKED)
     RETURNING ${hintColumns}`,
    [],
    { isLast: true },
  );
}

/** Each in a transaction of its own: a thread is locked before its run. */
async function endOverdue(
  context: Pick<RunsContext, "db" | "hints" | "tail" | "clock">,
): Promise<void> {
  const due = await context.db.system((tx) =>
    tx.query<{ tenant_id: string; run_id: string }>(
      `SELECT tenant_id, run_id FROM runs WHERE look_at < now() AND available_at IS NULL ORDER BY look_at LIMIT ${ROWS_MAX}`,
    ),
  );
  const errors: unknown[] = [];
  for (const row of due) {
    const run: RunKey = { tenantId: row.tenant_id, runId: row.run_id };
    try {
      const ended = await context.db.system((tx) =>
        endForeignRun(tx, {
          run,
          from: { states: ["queued", "running", "waiting"], overdue: true },
          now: context.clock.now(),
          end: { reason: "timeout", error: toProblem(new AppError("run_timeout")) },
        }),
      );
      if (ended) await announceEnd(context, run, ended);
    } catch (error) {
      if (isAppError(error, "service_unavailable")) throw error;
      // One run that cannot be ended, which is the first of every round, must not hold the others.
      errors.push(error);
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, "runs over their time were not ended");
}

/**
 * Runs that this worker owns and does not execute: a claim whose commit broke off and was stored
 * nevertheless, an execution that could not write its end. A claim under way is younger than a minute.
 */
export async function requeueForgotten(
  { db, hints }: Pick<RunsContext, "db" | "hints">,
  workerId: string,
  executing: readonly string[],
): Promise<void> {
  const rows = await db.system((tx) =>
    tx.query<HintRow>(
      `UPDATE runs SET ${REQUEUED_AT_WORK}
       WHERE owner = $1 AND state = 'running' AND run_id <> ALL($2::uuid[]) AND updated_at < now() - interval '1 minute'
       RETURNING ${hintColumns}`,
      [workerId, executing],
    ),
  );
  if (rows.length > 0) await hints.add(rows.map(toHint));
}
