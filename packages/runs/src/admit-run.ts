import { AppError, type Principal, type Run, type StoredEvent } from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";
import { findRun } from "./get-run.ts";
import { type Inserted, insertRuns } from "./insert-runs.ts";
import type { AdmitRun, NewRun } from "./new-run.ts";
import type { RunsContext } from "./runs-context.ts";

export interface Admission {
  run: Run;
  /** `0-1`, where the run is new: all that has happened to it. */
  queued?: StoredEvent;
}

/**
 * Stores a run; once this resolves the run ends, whatever process dies next. The hint follows after
 * the commit and nobody waits for it. Errors: `not_found` (agent, thread), `idempotency_key_reused`.
 */
export async function admitRun(
  context: RunsContext,
  principal: Principal,
  request: AdmitRun,
): Promise<Admission> {
  const given: NewRun = { principal, request, runId: context.newId(), at: context.clock.now() };
  // What touches no row that another admission may hold shares a commit with others.
  const isAlone = request.threadId !== undefined || request.idempotency !== undefined;
  const { hint, ...admission } = isAlone
    ? await context.db.tenant(principal.tenantId, (tx) => admitAlone(tx, given))
    : await context.insertRun(principal.tenantId, given);
  if (hint) void context.hints.add([hint], { mayHold: true });
  return admission;
}

async function admitAlone(tx: TenantTx, given: NewRun): Promise<Inserted> {
  const { principal, request, runId } = given;
  const earlier = await takeIdempotencyKey(tx, principal.subject, request, runId);
  if (earlier !== undefined) return { run: await findRun(tx, earlier) };
  const { threadId } = request;
  const blocked = threadId !== undefined && !(await takeTurn(tx, threadId, runId));
  const [inserted] = await insertRuns(tx, [{ ...given, blocked }], { isLast: false });
  if (inserted === undefined) throw new AppError("internal");
  if (inserted instanceof AppError) throw inserted;
  return inserted;
}

/** The run that had the key before; undefined where the key is new, or there is none. */
async function takeIdempotencyKey(
  tx: TenantTx,
  subject: string,
  request: AdmitRun,
  runId: string,
): Promise<string | undefined> {
  if (request.idempotency === undefined) return undefined;
  const { key, bodyHash } = request.idempotency;
  const identity = [tx.tenantId, subject, key];
  const taken = await tx.query(
    `INSERT INTO idempotency_keys AS stored (tenant_id, subject, key, body_hash, run_id) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (tenant_id, subject, key) DO UPDATE
       SET body_hash = excluded.body_hash, run_id = excluded.run_id, created_at = now()
       WHERE stored.created_at < now() - interval '24 hours'
     RETURNING run_id`,
    [...identity, bodyHash, runId],
  );
  if (taken.length > 0) return undefined;
  // A second statement has a new snapshot: it sees the winner, for whose commit the insert waited.
  const [winner] = await tx.query<{ run_id: string; body_hash: string }>(
    `SELECT run_id, body_hash FROM idempotency_keys WHERE tenant_id = $1 AND subject = $2 AND key = $3`,
    identity,
  );
  if (winner?.body_hash !== bodyHash) throw new AppError("idempotency_key_reused");
  return winner.run_id;
}

/** False where another run of the thread has its turn. Locks the thread, before any run of it. */
async function takeTurn(tx: TenantTx, threadId: string, runId: string): Promise<boolean> {
  const [thread] = await tx.query<{ active_run_id: string | null }>(
    `SELECT active_run_id FROM threads WHERE tenant_id = $1 AND thread_id = $2 FOR UPDATE`,
    [tx.tenantId, threadId],
  );
  if (thread === undefined)
    throw new AppError("not_found", {
      detail: "There is no such thread",
      errors: [{ pointer: "/thread_id", message: "no such thread" }],
    });
  if (thread.active_run_id !== null) return false;
  await tx.query(
    `UPDATE threads SET active_run_id = $3, status = 'busy', updated_at = now() WHERE tenant_id = $1 AND thread_id = $2`,
    [tx.tenantId, threadId, runId],
  );
  return true;
}
