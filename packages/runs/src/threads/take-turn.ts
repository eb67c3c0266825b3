import { AppError } from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";
import { deleteRunRows } from "../delete-run-rows.ts";
import type { MultitaskStrategy } from "../new-run.ts";
import { type DisplacedRun, endOpenRuns } from "./end-open-runs.ts";
import { lockThread } from "./lock-thread.ts";

export interface Turn {
  /** False: the run is stored blocked and waits for its turn. */
  isTaken: boolean;
  displaced: DisplacedRun[];
}

/**
 * Asks for the turn on a thread, whose row it locks before any run of it. Errors: `not_found` (the
 * thread), `conflict` (`reject`, and the thread is busy).
 */
export async function takeTurn(
  tx: TenantTx,
  asked: {
    threadId: string;
    runId: string;
    strategy: MultitaskStrategy;
    ifNotExists: "create" | "reject";
    now: Date;
  },
): Promise<Turn> {
  const { threadId, runId, strategy } = asked;
  const active = await lockedActiveRun(tx, threadId, asked.ifNotExists);
  if (strategy === "reject" && active !== null)
    throw new AppError("conflict", {
      detail: "The thread has a run that has not ended",
      errors: [{ pointer: "/multitask_strategy", message: "the thread is busy" }],
    });
  if (strategy === "enqueue" && active !== null) return { isTaken: false, displaced: [] };
  const displaced =
    active === null ? [] : await endOpenRuns(tx, { threadId, withDelayed: false, now: asked.now });
  if (strategy === "rollback")
    await deleteRunRows(
      tx,
      tx.tenantId,
      displaced.map(({ run }) => run.runId),
    );
  await tx.query(
    `UPDATE threads SET active_run_id = $3, status = 'busy', updated_at = now() WHERE tenant_id = $1 AND thread_id = $2`,
    [tx.tenantId, threadId, runId],
  );
  return { isTaken: true, displaced };
}

/** A thread may be made, and removed again, by others between two looks. */
const LOOKS_MAX = 3;

/**
 * The run whose turn it is on a thread that is locked from now on, and is made where it may be.
 * Error: `not_found`.
 */
export async function lockedActiveRun(
  tx: TenantTx,
  threadId: string,
  ifNotExists: "create" | "reject",
): Promise<string | null> {
  for (let look = 1; look <= LOOKS_MAX; look += 1) {
    const thread = await lockThread(tx, tx.tenantId, threadId);
    if (thread !== undefined) return thread.activeRunId;
    if (ifNotExists === "reject") break;
    // Waits for whoever makes it at the same time.
    await tx.query(
      `INSERT INTO threads (tenant_id, thread_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
      [tx.tenantId, threadId],
    );
  }
  throw new AppError("not_found", {
    detail: "There is no such thread",
    errors: [{ pointer: "/thread_id", message: "no such thread" }],
  });
}
