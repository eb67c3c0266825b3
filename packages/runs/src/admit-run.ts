import { AppError, isAppError, type Principal, type Run, type StoredEvent } from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";
import { findRun } from "./get-run.ts";
import { type Inserted, insertRuns } from "./insert-runs.ts";
import type { AdmitRun, Idempotency, NewRun } from "./new-run.ts";
import { tellOfEnds } from "./ends/tell-of-end.ts";
import { findRepeated } from "./find-repeated.ts";
import type { RunsContext } from "./runs-context.ts";
import { assertCheckpoint } from "./threads/checkpoint.ts";
import type { DisplacedRun } from "./threads/end-open-runs.ts";
import type { TenantRooms } from "./tenant-rooms.ts";
import { lockedActiveRun, takeTurn, type Turn } from "./threads/take-turn.ts";

export interface Admission {
  run: Run;
  /** `0-1`, where the run is new: all that has happened to it. */
  queued?: StoredEvent;
}

/**
 * Stores a run; once this resolves the run ends, whatever process dies next. The hint follows after
 * the commit and nobody waits for it. Errors: `not_found` (agent, thread, checkpoint), `conflict`
 * (`reject` on a busy thread; the key's run was deleted), `idempotency_key_reused`,
 * `rate_limited` where the tenant has as many open runs as it may have.
 */
export async function admitRun(
  context: RunsContext,
  principal: Principal,
  request: AdmitRun,
): Promise<Admission> {
  const given: NewRun = { principal, request, runId: context.newId(), at: context.clock.now() };
  const inserted: Admitted = sharesCommit(request)
    ? await context.insertRun(principal.tenantId, given)
    : await context.db.tenant(principal.tenantId, (tx) => admitIn(tx, given, context.rooms));
  void announceAdmission(context, inserted);
  const { run, queued } = inserted;
  return { run, ...(queued && { queued }) };
}

/** What touches no row that another admission may hold: those that come at one time are one transaction. */
export const sharesCommit = ({ threadId, idempotency, isRepeat = false }: AdmitRun): boolean =>
  threadId === undefined && idempotency === undefined && !isRepeat;

/** What is to be told after the commit. */
export interface Admitted extends Inserted {
  /** Runs of the thread that it ended. */
  displaced?: DisplacedRun[];
}

/** The admission in a transaction of the caller's, who calls `announceAdmission` after its commit. `rooms` as of `insertRuns`. */
export async function admitIn(tx: TenantTx, given: NewRun, rooms?: TenantRooms): Promise<Admitted> {
  const { principal, request, runId, at } = given;
  const { idempotency } = request;
  const earlier =
    idempotency && (await takeIdempotencyKey(tx, principal.subject, idempotency, runId));
  if (earlier !== undefined) return { run: await findKeysRun(tx, earlier) };
  const repeated = request.isRepeat && (await findRepeated(tx, principal.subject, request));
  if (repeated) return { run: repeated };
  const turn = await turnOf(tx, request, { runId, now: at });
  const [inserted] = await insertRuns(tx, [{ ...given, blocked: !turn.isTaken }], {
    isLast: false,
    rooms,
  });
  if (inserted === undefined) throw new AppError("internal");
  if (inserted instanceof AppError) throw inserted;
  return { ...inserted, displaced: turn.displaced };
}

/** Never rejects; nobody needs to wait for it. */
export async function announceAdmission(
  context: Pick<RunsContext, "hints" | "tail" | "cancelSignals">,
  { hint, displaced = [] }: Admitted,
): Promise<void> {
  // First those that the next one follows.
  await tellOfEnds(context, displaced);
  if (hint) await context.hints.add([hint], { mayHold: true });
}

async function turnOf(
  tx: TenantTx,
  request: AdmitRun,
  { runId, now }: { runId: string; now: Date },
): Promise<Turn> {
  const { threadId, multitaskStrategy: strategy = "enqueue", ifNotExists = "reject" } = request;
  if (threadId === undefined) return { isTaken: true, displaced: [] };
  const turn =
    request.afterSeconds === undefined
      ? await takeTurn(tx, { threadId, runId, strategy, ifNotExists, now })
      : await waitForTime(tx, threadId, ifNotExists);
  const { checkpointId } = request;
  if (checkpointId !== undefined)
    await assertCheckpoint(tx, { tenantId: tx.tenantId, threadId, checkpointId });
  return turn;
}

/** It asks for the turn when it is to start. */
async function waitForTime(
  tx: TenantTx,
  threadId: string,
  ifNotExists: "create" | "reject",
): Promise<Turn> {
  await lockedActiveRun(tx, threadId, ifNotExists);
  return { isTaken: false, displaced: [] };
}

async function findKeysRun(tx: TenantTx, runId: string): Promise<Run> {
  try {
    return await findRun(tx, runId);
  } catch (error) {
    if (!isAppError(error, "not_found")) throw error;
    throw new AppError("conflict", { detail: "The run that this key first made was deleted" });
  }
}

/**
 * Takes the key of a request for several runs, each of which has one of its own besides. Error:
 * `idempotency_key_reused`, where it came with another body.
 */
export async function takeBatchKey(
  { db, newId }: Pick<RunsContext, "db" | "newId">,
  { tenantId, subject }: Principal,
  idempotency: Idempotency,
): Promise<void> {
  await db.tenant(tenantId, (tx) => takeIdempotencyKey(tx, subject, idempotency, newId()));
}

/** The run that had the key before; undefined where the key is new. */
async function takeIdempotencyKey(
  tx: TenantTx,
  subject: string,
  { key, bodyHash }: Idempotency,
  runId: string,
): Promise<string | undefined> {
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
