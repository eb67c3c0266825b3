import {
  AppError,
  type Json,
  type Principal,
  type Run,
  type RunHint,
  type StoredEvent,
  toProblem,
  type ToolResult,
} from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";
import { z } from "zod";
import { announceEnd } from "./ends/announce-end.ts";
import { storeResult } from "./blobs/blobs.ts";
import { endForeignRun, type EndedByOther, writeEpochEvent } from "./ends/end-foreign-run.ts";
import { findRun } from "./get-run.ts";
import { type HintRow, hintColumns, toHint } from "./hints/hint-row.ts";
import { QUEUED_UNTIL } from "./queued-until.ts";
import { REQUEUED } from "./hints/requeued.ts";
import { lockThread } from "./threads/lock-thread.ts";
import type { RunsContext } from "./runs-context.ts";

/** What a person found out about a call whose outcome the server does not know. */
export type StepSettlement =
  /** It took effect; `output` is what the model is told. */
  | { step_key: string; outcome: "done"; output?: Json }
  /** It did not: it is called again. */
  | { step_key: string; outcome: "not_done" }
  /** The run ends here. */
  | { step_key: string; outcome: "abort" };

interface Settled {
  event?: StoredEvent;
  ended?: EndedByOther;
  hint?: RunHint;
}

/**
 * Settles one unknown step of a waiting run; with the last of them the run goes on.
 * Errors: `not_found`, `conflict` (the run does not wait, or not for this step).
 */
export async function resumeRun(
  context: RunsContext,
  principal: Principal,
  runId: string,
  settlement: StepSettlement,
): Promise<Run> {
  const { tenantId } = principal;
  const { run, settled } = await context.db.tenant(tenantId, async (tx) => {
    await lockWaiting(tx, runId, settlement.step_key);
    const outcome = await settle(context, tx, runId, settlement);
    return { run: await findRun(tx, runId), settled: outcome };
  });
  const key = { tenantId, runId };
  if (settled.ended) await announceEnd(context, key, settled.ended);
  if (settled.event) await context.tail.publish([{ ...key, events: [settled.event] }]);
  if (settled.hint) void context.hints.add([settled.hint]);
  return run;
}

async function lockWaiting(tx: TenantTx, runId: string, stepKey: string): Promise<void> {
  const { thread_id: threadId } = await findRun(tx, runId);
  if (threadId !== undefined) await lockThread(tx, tx.tenantId, threadId);
  const [row] = await tx.query<{ state: string }>(
    `SELECT state FROM runs WHERE tenant_id = $1 AND run_id = $2 FOR UPDATE`,
    [tx.tenantId, runId],
  );
  if (row?.state !== "waiting")
    throw new AppError("conflict", {
      detail: `The run does not wait for anything: it is ${row?.state ?? "gone"}`,
    });
  // A second statement: the first one's snapshot is older than its lock.
  const [step] = await tx.query<{ state: string }>(
    `SELECT state FROM run_steps WHERE tenant_id = $1 AND run_id = $2 AND step_key = $3`,
    [tx.tenantId, runId, stepKey],
  );
  if (step?.state !== "unknown")
    throw new AppError("conflict", {
      detail: `The run does not wait for this step${step ? `: it is ${step.state}` : ""}`,
      errors: [{ pointer: "/step_key", message: "not a step whose outcome is unknown" }],
    });
}

async function settle(
  context: RunsContext,
  tx: TenantTx,
  runId: string,
  settlement: StepSettlement,
): Promise<Settled> {
  const now = context.clock.now();
  if (settlement.outcome === "abort") {
    const ended = await endForeignRun(tx, {
      run: { tenantId: tx.tenantId, runId },
      from: { states: ["waiting"] },
      now,
      end: { reason: "error", error: toProblem(new AppError("run_aborted")) },
    });
    return ended ? { ended } : {};
  }
  const event =
    settlement.outcome === "done"
      ? await storeOutcome(tx, runId, settlement.step_key, settlement.output ?? null, now)
      : await forgetStep(tx, runId, settlement.step_key);
  const hint = await wakeIfSettled(tx, runId);
  return { ...(event ? { event } : {}), ...(hint ? { hint } : {}) };
}

const CallStarted = z.object({ tool_call_id: z.string(), name: z.string() });

/** The step is done from now on, so no replay will emit its last event: it is written here. */
async function storeOutcome(
  tx: TenantTx,
  runId: string,
  stepKey: string,
  output: Json,
  now: Date,
): Promise<StoredEvent> {
  const result: ToolResult = { status: "completed", output };
  const { text, sha256 } = await storeResult(tx, tx.tenantId, JSON.stringify(result));
  await tx.query(
    `UPDATE run_steps SET state = 'done', result = $4, result_sha256 = $5, ended_at = now()
     WHERE tenant_id = $1 AND run_id = $2 AND step_key = $3`,
    [tx.tenantId, runId, stepKey, text, sha256],
  );
  const [started] = await tx.query<{ data: string }>(
    `SELECT data FROM run_events WHERE tenant_id = $1 AND run_id = $2 AND step_key = $3 AND type = 'tool_call.started'
     ORDER BY epoch DESC, seq DESC LIMIT 1`,
    [tx.tenantId, runId, stepKey],
  );
  const call = CallStarted.parse(JSON.parse(started?.data ?? "null"));
  const [raised] = await tx.query<{ epoch: number }>(
    `UPDATE runs SET epoch = epoch + 1 WHERE tenant_id = $1 AND run_id = $2 RETURNING epoch`,
    [tx.tenantId, runId],
  );
  return writeEpochEvent(tx, tx.tenantId, runId, raised?.epoch ?? 0, {
    type: "tool_call.completed",
    data: { ...call, output },
    now,
    stepKey,
  });
}

async function forgetStep(tx: TenantTx, runId: string, stepKey: string): Promise<undefined> {
  await tx.query(`DELETE FROM run_steps WHERE tenant_id = $1 AND run_id = $2 AND step_key = $3`, [
    tx.tenantId,
    runId,
    stepKey,
  ]);
}

async function wakeIfSettled(tx: TenantTx, runId: string): Promise<RunHint | undefined> {
  const [row] = await tx.query<HintRow & { thread_id: string | null }>(
    `UPDATE runs SET ${REQUEUED}, look_at = ${QUEUED_UNTIL}
     WHERE tenant_id = $1 AND run_id = $2 AND NOT EXISTS (
       SELECT FROM run_steps WHERE tenant_id = $1 AND run_id = $2 AND state = 'unknown')
     RETURNING ${hintColumns}, thread_id`,
    [tx.tenantId, runId],
  );
  if (row === undefined) return undefined;
  if (row.thread_id !== null)
    await tx.query(
      `UPDATE threads SET status = 'busy', updated_at = now() WHERE tenant_id = $1 AND thread_id = $2`,
      [tx.tenantId, row.thread_id],
    );
  return toHint(row);
}
