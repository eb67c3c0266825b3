import { isAppError, type RunHint } from "@llamaagent/core";
import type { SystemTx } from "@llamaagent/db";
import { giveTurn } from "../ends/release-thread.ts";
import { type HintRow, hintColumns, toHint } from "../hints/hint-row.ts";
import { REQUEUED } from "../hints/requeued.ts";
import { queuedOfTenant, RANK_MAX } from "../queued-of-tenant.ts";
import { QUEUED_UNTIL } from "../queued-until.ts";
import type { RunsContext } from "../runs-context.ts";
import { lockThread } from "../threads/lock-thread.ts";

/** Rows of each kind in one round. */
const ROWS_MAX = 200;

const IS_DUE = `state = 'queued' AND look_at < now() AND available_at IS NOT NULL`;
const AVAILABLE = `available_at = NULL, look_at = ${QUEUED_UNTIL}`;

interface OnThread {
  tenant_id: string;
  run_id: string;
  thread_id: string;
}

/** Runs whose start was to come later and is due: claimable from now on, or waiting for their thread's turn. */
export async function wakeDelayed({ db, hints }: Pick<RunsContext, "db" | "hints">): Promise<void> {
  const woken = (await db.system(wakeThreadless)).map(toHint);
  const onThreads = await db.system((tx) =>
    tx.query<OnThread>(
      `SELECT tenant_id, run_id, thread_id FROM runs WHERE ${IS_DUE} AND thread_id IS NOT NULL
       ORDER BY look_at LIMIT ${ROWS_MAX}`,
    ),
  );
  const errors: unknown[] = [];
  for (const row of onThreads)
    try {
      // Each in a transaction of its own: a thread is locked before its run.
      woken.push(...(await db.system((tx) => wakeOnThread(tx, row))));
    } catch (error) {
      if (isAppError(error, "service_unavailable")) throw error;
      // One run that cannot be woken, which is the first of every round, must not hold the others.
      errors.push(error);
    }
  if (woken.length > 0) await hints.add(woken);
  if (errors.length > 0)
    throw new AggregateError(errors, "runs whose time has come were not woken");
}

const wakeThreadless = (tx: SystemTx): Promise<HintRow[]> =>
  tx.query(
    // What they were admitted behind has gone by now: they line up as if they came now.
    `WITH due AS (
       SELECT tenant_id, run_id, look_at FROM runs WHERE ${IS_DUE} AND thread_id IS NULL
       ORDER BY look_at LIMIT ${ROWS_MAX} FOR UPDATE SKIP LOCKED
     ), tenants AS (
       SELECT tenant_id, ${queuedOfTenant("due.tenant_id")} AS ahead FROM due GROUP BY tenant_id
     ), placed AS (
       SELECT due.tenant_id AS of_tenant, run_id AS of_run,
         ahead + row_number() OVER (PARTITION BY due.tenant_id ORDER BY look_at, run_id) AS rank
       FROM due JOIN tenants USING (tenant_id)
     )
     UPDATE runs SET ${REQUEUED}, ${AVAILABLE}, priority = least(rank, ${RANK_MAX}) FROM placed
     WHERE tenant_id = of_tenant AND run_id = of_run
     RETURNING ${hintColumns}`,
  );

async function wakeOnThread(
  tx: SystemTx,
  { tenant_id: tenantId, run_id: runId, thread_id: threadId }: OnThread,
): Promise<RunHint[]> {
  const thread = await lockThread(tx, tenantId, threadId);
  const due = await tx.query(
    `UPDATE runs SET ${AVAILABLE}, priority = least(${queuedOfTenant("$1")} + 1, ${RANK_MAX}), updated_at = now()
     WHERE tenant_id = $1 AND run_id = $2 AND ${IS_DUE} RETURNING run_id`,
    [tenantId, runId],
  );
  if (due.length === 0 || thread === undefined || thread.activeRunId !== null) return [];
  return giveTurn(tx, { tenantId, threadId, status: "idle" });
}
