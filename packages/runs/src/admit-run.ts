import {
  AgentDefinition,
  AppError,
  type Json,
  type JsonObject,
  type Message,
  type Principal,
  type Run,
  type RunHint,
} from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";
import { referenceColumn } from "./agents/agent-reference.ts";
import { eventData } from "./event-data.ts";
import { findRun } from "./get-run.ts";
import { runColumns, type RunRow, toRun } from "./run-row.ts";
import type { RunsContext } from "./runs-context.ts";

export interface AdmitRun {
  /** Id or name; absent: the agent named `default`. */
  agent?: string;
  threadId?: string;
  input?: Json;
  messages?: Message[];
  metadata: JsonObject;
  idempotencyKey?: string;
  /** SHA-256 (hex) of the body's canonical JSON: a key that comes again must come with the same body. */
  bodyHash: string;
}

interface Admitted {
  run: Run;
  hint?: RunHint;
}

/**
 * Stores a run; once this resolves the run ends, whatever process dies next. The hint follows after
 * the commit and nobody waits for it. Errors: `not_found` (agent, thread), `idempotency_key_reused`.
 */
export async function admitRun(
  context: RunsContext,
  principal: Principal,
  request: AdmitRun,
): Promise<Run> {
  const runId = context.newId();
  const { run, hint } = await context.db.tenant(principal.tenantId, async (tx) => {
    const earlier = await takeIdempotencyKey(tx, principal.subject, request, runId);
    if (earlier !== undefined) return { run: await findRun(tx, earlier) };
    return insertRun(context, tx, principal.subject, request, runId);
  });
  if (hint) void context.hints.add([hint]);
  return run;
}

/** The run that had the key before; undefined where the key is new, or there is none. */
async function takeIdempotencyKey(
  tx: TenantTx,
  subject: string,
  request: AdmitRun,
  runId: string,
): Promise<string | undefined> {
  const key = request.idempotencyKey;
  if (key === undefined) return undefined;
  const identity = [tx.tenantId, subject, key];
  const taken = await tx.query(
    `INSERT INTO idempotency_keys AS stored (tenant_id, subject, key, body_hash, run_id) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (tenant_id, subject, key) DO UPDATE
       SET body_hash = excluded.body_hash, run_id = excluded.run_id, created_at = now()
       WHERE stored.created_at < now() - interval '24 hours'
     RETURNING run_id`,
    [...identity, request.bodyHash, runId],
  );
  if (taken.length > 0) return undefined;
  // A second statement has a new snapshot: it sees the winner, for whose commit the insert waited.
  const [winner] = await tx.query<{ run_id: string; body_hash: string }>(
    `SELECT run_id, body_hash FROM idempotency_keys WHERE tenant_id = $1 AND subject = $2 AND key = $3`,
    identity,
  );
  if (winner?.body_hash !== request.bodyHash) throw new AppError("idempotency_key_reused");
  return winner.run_id;
}

async function insertRun(
  context: RunsContext,
  tx: TenantTx,
  subject: string,
  request: AdmitRun,
  runId: string,
): Promise<Admitted> {
  const agent = await findAgentVersion(tx, request.agent ?? "default");
  const blocked = request.threadId !== undefined && !(await takeTurn(tx, request.threadId, runId));
  const [row] = await tx.query<RunRow & { priority: number }>(
    // Fair between tenants: who has many queued runs stands further back (counted to 1,000).
    `WITH ahead AS (
       SELECT count(*)::int AS runs FROM (
         SELECT FROM runs WHERE tenant_id = $1 AND state = 'queued' AND NOT blocked LIMIT 1000) AS queued
     ), event AS (
       INSERT INTO run_events (tenant_id, run_id, epoch, seq, type, data) VALUES ($1, $2, 0, 1, 'run.queued', $13)
     ), runs AS (
       INSERT INTO runs (tenant_id, run_id, subject, agent_id, agent_version, thread_id, state, input, messages, metadata,
         timeout_seconds, blocked, priority, hint_due_at, look_at)
       SELECT $1, $2, $3, $4, $5, $6, 'queued', $7, $8, $9::jsonb, $10, $11, ahead.runs + 1,
         CASE WHEN $11 THEN NULL ELSE now() + interval '5 seconds' END, now() + make_interval(secs => $12)
       FROM ahead RETURNING *
     )
     SELECT ${runColumns}, runs.priority FROM runs`,
    [
      tx.tenantId,
      runId,
      subject,
      agent.agentId,
      agent.version,
      request.threadId ?? null,
      request.input === undefined ? null : JSON.stringify(request.input),
      request.messages === undefined ? null : JSON.stringify(request.messages),
      JSON.stringify(request.metadata),
      agent.timeoutSeconds,
      blocked,
      QUEUED_SECONDS_MAX,
      eventData(runId, context.clock.now(), {}),
    ],
  );
  if (row === undefined) throw new AppError("internal");
  const { tenantId } = tx;
  return {
    run: toRun(row),
    ...(blocked ? {} : { hint: { tenantId, runId, generation: 1, priority: row.priority } }),
  };
}

/** A run that nobody claimed for this long ends as `timeout`. */
const QUEUED_SECONDS_MAX = 86_400;

async function findAgentVersion(
  tx: TenantTx,
  idOrName: string,
): Promise<{ agentId: string; version: number; timeoutSeconds: number }> {
  const [row] = await tx.query<{ agent_id: string; version: number; definition: string }>(
    `SELECT a.agent_id, a.version, v.definition FROM agents a
     JOIN agent_versions v ON v.tenant_id = a.tenant_id AND v.agent_id = a.agent_id AND v.version = a.version
     WHERE a.tenant_id = $1 AND a.deleted_at IS NULL AND a.${referenceColumn(idOrName)} = $2`,
    [tx.tenantId, idOrName],
  );
  if (row === undefined)
    throw new AppError("not_found", {
      detail: "There is no such agent",
      errors: [{ pointer: "/agent_id", message: "no such agent" }],
    });
  const { limits } = AgentDefinition.parse(JSON.parse(row.definition));
  return { agentId: row.agent_id, version: row.version, timeoutSeconds: limits.timeout_seconds };
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
