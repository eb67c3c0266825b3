import type { Run, RunHint, WaitReason } from "@llamaagent/core";
import type { SystemTx } from "@llamaagent/db";
import type { Fence } from "../claim-run.ts";
import { lockThread } from "../threads/lock-thread.ts";
import { type HintRow, hintColumns, toHint } from "../hints/hint-row.ts";
import { REQUEUED_AT_WORK } from "../hints/requeued.ts";
import { RunCancelled } from "./run-cancelled.ts";
import { wakeWebhook } from "../webhooks/wake-webhook.ts";
import { type RunBatch, writeRun } from "./write-run.ts";

/** A run that waits for a person ends as `timeout` after this long. */
const WAITING_SECONDS_MAX = 7 * 86_400;

/** The deadline stands still while a run waits: what is left of it is kept. */
export const TIME_LEFT = `greatest(1, extract(epoch FROM deadline_at - now()))::int`;

/**
 * The owner lets the run wait without a worker; the thread's turn stays with it. Throws `RunLost`, and
 * `RunCancelled` where the cancellation came first: nobody would look at it while the run waits.
 */
export async function suspendRun(
  tx: SystemTx,
  fence: Fence,
  run: Run,
  batch: RunBatch,
  wait: { reason: WaitReason; stepKeys: readonly string[] },
): Promise<void> {
  if (run.thread_id !== undefined) await lockThread(tx, fence.tenantId, run.thread_id);
  const { cancelRequested } = await writeRun(tx, fence, batch, {
    set: `state = 'waiting', stop_reason = given.reason, owner = NULL, time_left_seconds = ${TIME_LEFT}, deadline_at = NULL,
      look_at = now() + make_interval(secs => ${WAITING_SECONDS_MAX}), updated_at = now()`,
    given: [{ name: "reason", type: "text", value: wait.reason }],
  });
  if (cancelRequested) throw new RunCancelled();
  await tx.query(
    `UPDATE run_steps SET state = 'unknown' WHERE tenant_id = $1 AND run_id = $2 AND step_key = ANY($3::text[])`,
    [fence.tenantId, fence.runId, wait.stepKeys],
  );
  if (run.thread_id !== undefined)
    await tx.query(
      `UPDATE threads SET status = 'interrupted', updated_at = now() WHERE tenant_id = $1 AND thread_id = $2`,
      [fence.tenantId, run.thread_id],
    );
  await wakeWebhook(tx, fence, run);
}

/** The owner shuts down: the run is queued again at once. */
export async function handBackRun(tx: SystemTx, fence: Fence, batch: RunBatch): Promise<RunHint[]> {
  await writeRun(tx, fence, batch, { set: REQUEUED_AT_WORK, given: [] });
  const rows = await tx.query<HintRow>(
    `SELECT ${hintColumns} FROM runs WHERE tenant_id = $1 AND run_id = $2`,
    [fence.tenantId, fence.runId],
  );
  return rows.map(toHint);
}
