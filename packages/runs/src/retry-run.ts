import { AppError, type Principal, type Run, statusOf } from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";
import { IS_DEAD } from "./dead-letters.ts";
import { eventData } from "./event-data.ts";
import { REPEATED_WITHIN } from "./find-repeated.ts";
import { findRun } from "./get-run.ts";
import { HINT_DUE_AT } from "./hints/hint-due-at.ts";
import { type HintRow, hintColumns, toHint } from "./hints/hint-row.ts";
import { copyProgress } from "./journal/copy-progress.ts";
import { queuedOfTenant, RANK_MAX } from "./queued-of-tenant.ts";
import { QUEUED_UNTIL } from "./queued-until.ts";
import { runColumns, type RunRow, toRun } from "./run-row.ts";
import type { RunsContext } from "./runs-context.ts";
import { stateBefore } from "./threads/read-checkpoints.ts";
import { addTask } from "./tasks/add-task.ts";
import { takeTurn } from "./threads/take-turn.ts";
import { WEBHOOK_BEGIN, WEBHOOK_TASK } from "./webhooks/webhook.ts";
import { lockThread } from "./threads/lock-thread.ts";

/**
 * A new run that takes up an ended one where it came to nothing: with its agent's version, input and
 * finished steps, so that what was done is not done again. `fromStep`: that step and what began after it are
 * left out. Asked again, it is that run, which is to be retried itself if it came to nothing too; with `fromStep`
 * only where the client says that it sends the request again (`isRepeat`), within two minutes. Errors: `not_found`, `conflict` (the run has not
 * ended, or has completed; its thread is gone), `invalid_request` (no such step).
 */
export async function retryRun(
  context: RunsContext,
  principal: Principal,
  runId: string,
  { fromStep, isRepeat = false }: { fromStep?: string | undefined; isRepeat?: boolean } = {},
): Promise<Run> {
  const retry = { runId: context.newId(), at: context.clock.now(), fromStep, isRepeat };
  const { run, row } = await context.db.tenant(principal.tenantId, (tx) =>
    insertRetry(tx, principal.subject, runId, retry),
  );
  if (row !== undefined && !row.blocked) void context.hints.add([toHint(row)]);
  return run;
}

interface Retry {
  runId: string;
  at: Date;
  fromStep: string | undefined;
  isRepeat: boolean;
}

async function insertRetry(
  tx: TenantTx,
  subject: string,
  runId: string,
  retry: Retry,
): Promise<{ run: Run; row?: HintRow & { blocked: boolean } }> {
  const { thread_id: threadId } = await findRun(tx, runId);
  // Before the run, as everywhere.
  if (threadId !== undefined) await lockItsThread(tx, threadId);
  const run = await lockRetryable(tx, runId);
  const [earlier] = await tx.query<RunRow & { is_new: boolean }>(
    `SELECT ${runColumns}, created_at > now() - interval '${REPEATED_WITHIN}' AS is_new FROM runs WHERE tenant_id = $1 AND run_id = $2`,
    [tx.tenantId, run.retried_as ?? null],
  );
  const isRepeat = retry.isRepeat && earlier?.is_new;
  if (earlier && retry.fromStep !== undefined && !isRepeat)
    throw new AppError("conflict", {
      detail: `The run was retried already, as ${earlier.run_id}: retry that one`,
      errors: [{ pointer: "/from_step", message: "is for a first retry" }],
    });
  if (earlier) return { run: toRun(earlier) };
  const turn =
    threadId === undefined ||
    (
      await takeTurn(tx, {
        threadId,
        runId: retry.runId,
        strategy: "enqueue",
        ifNotExists: "reject",
        now: retry.at,
      })
    ).isTaken;
  const [row] = await tx.query<RunRow & HintRow & { blocked: boolean }>(
    `INSERT INTO runs (tenant_id, run_id, subject, agent_id, agent_version, thread_id, state, input, messages, metadata,
       timeout_seconds, blocked, priority, hint_due_at, look_at, checkpoint_id, on_completion, urgency, webhook, retry_of)
     SELECT tenant_id, $3, $4, agent_id, agent_version, thread_id, 'queued', input, messages, metadata,
       timeout_seconds, NOT $5::boolean,
       least(${queuedOfTenant("$1")} + 1, ${RANK_MAX}),
       CASE WHEN $5 THEN ${HINT_DUE_AT} END, ${QUEUED_UNTIL},
       $6, on_completion, urgency, webhook, run_id
     FROM runs WHERE tenant_id = $1 AND run_id = $2
     RETURNING ${runColumns}, ${hintColumns}, blocked`,
    [tx.tenantId, runId, retry.runId, subject, turn, (await goesOnFrom(tx, run, turn)) ?? null],
  );
  if (row === undefined) throw new AppError("internal");
  await tx.query(
    `INSERT INTO run_events (tenant_id, run_id, epoch, seq, type, data) VALUES ($1, $2, 0, 1, 'run.queued', $3)`,
    [tx.tenantId, retry.runId, eventData(retry.runId, retry.at, { retry_of: runId })],
  );
  if (run.webhook !== undefined)
    await addTask(tx, { taskId: retry.runId, kind: WEBHOOK_TASK, payload: WEBHOOK_BEGIN });
  await copyProgress(tx, { from: runId, to: retry.runId, fromStep: retry.fromStep });
  await tx.query(
    `UPDATE runs SET retried_as = $3, dropped_at = CASE WHEN ${IS_DEAD} THEN now() ELSE dropped_at END
     WHERE tenant_id = $1 AND run_id = $2`,
    [tx.tenantId, runId, retry.runId],
  );
  return { run: toRun(row), row };
}

async function lockItsThread(tx: TenantTx, threadId: string): Promise<void> {
  if ((await lockThread(tx, tx.tenantId, threadId)) === undefined) throw threadIsGone();
}

const threadIsGone = (): AppError =>
  new AppError("conflict", { detail: "The run's thread is gone: start a new run" });

async function lockRetryable(tx: TenantTx, runId: string): Promise<Run> {
  const [locked] = await tx.query<{ thread_gone: boolean }>(
    `SELECT thread_gone FROM runs WHERE tenant_id = $1 AND run_id = $2 FOR UPDATE`,
    [tx.tenantId, runId],
  );
  // Also where there is another thread by now under its id.
  if (locked?.thread_gone) throw threadIsGone();
  const run = await findRun(tx, runId);
  const { state, stop_reason: reason } = run;
  if (state !== "ended" || statusOf(reason) === "success")
    throw new AppError("conflict", {
      detail: `A run that ${state === "ended" ? "has completed" : `is ${state}`} is not retried`,
    });
  return run;
}

/**
 * Where the run was the last of its thread, the thread is to stand as if it had not been; not where others
 * come before its turn: what they say then is to stay.
 */
async function goesOnFrom(tx: TenantTx, run: Run, hasTurn: boolean): Promise<string | undefined> {
  if (run.thread_id === undefined || !hasTurn) return run.checkpoint?.checkpoint_id;
  const [head] = await tx.query<{ checkpoint_id: string }>(
    `SELECT checkpoint_id FROM checkpoints WHERE tenant_id = $1 AND thread_id = $2 ORDER BY number DESC LIMIT 1`,
    [tx.tenantId, run.thread_id],
  );
  if (head?.checkpoint_id === run.run_id) return stateBefore(tx, run.thread_id, run.run_id);
  return run.checkpoint?.checkpoint_id;
}
