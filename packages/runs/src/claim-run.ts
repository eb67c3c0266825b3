import type { Message, Run } from "@llamaagent/core";
import type { Database, SystemTx } from "@llamaagent/db";
import { claimedByUrgency } from "./claim-by-urgency.ts";
import { messageColumns, type MessageRow, toMessage } from "./threads/message-row.ts";
import { runColumns, type RunRow, toRun } from "./run-row.ts";

/** Every write of an owner carries this; it holds until somebody else begins to act on the run. */
export interface Fence {
  tenantId: string;
  runId: string;
  epoch: number;
  /** The worker's id. */
  owner: string;
}

export interface ClaimedRun {
  fence: Fence;
  run: Run;
  /**
   * The agent's, as it is stored: see `createAgentReader`. Not parsed by the claim, which is committed: one
   * that this version cannot read must fail its own run only.
   */
  definition: string;
  /**
   * Messages of the thread before this run, oldest first: the newest 500, of at most 4 million characters.
   * What was cut off ends before a user's message: a provider refuses tool answers without their calls.
   */
  history: Message[];
  /** Until the run's time limit, by Postgres's clock. */
  secondsLeft: number;
  cancelRequested: boolean;
  /** How many processes ended while they executed it. */
  strikes: number;
}

interface ClaimRow extends RunRow {
  tenant_id: string;
  epoch: number;
  seconds_left: number;
  cancel_requested_at: Date | null;
  strikes: number;
  definition: string;
  history: (MessageRow & { seq: number })[] | null;
}

/** One version of an agent. */
export interface AgentVersionKey {
  agentId: string;
  version: number;
}

export interface ClaimCounts {
  /** The oldest. */
  age?: number;
  /** The first by priority. */
  priority?: number;
  /** Of those, each tenant's most urgent in the place of its first ones. */
  byUrgency?: boolean;
  /** Runs with so many strikes or more are left to others. */
  strikesBelow?: number | undefined;
  /** Runs of these agents are left to others. */
  without?: readonly AgentVersionKey[];
}

/**
 * So many of the queue by each order; fewer where it has fewer. One UPDATE makes the worker the owner and
 * raises the epoch: from its commit on no earlier owner can write. Between a run's deadline and the
 * sweeper's look lie 5 s, in which the owner ends it itself.
 */
export async function claimFirst(
  db: Database,
  workerId: string,
  counts: ClaimCounts,
): Promise<ClaimedRun[]> {
  const rows = await db.system((tx) => claim(tx, workerId, counts));
  return rows.map((row) => toClaimed(row, workerId));
}

function toClaimed(row: ClaimRow, workerId: string): ClaimedRun {
  return {
    fence: { tenantId: row.tenant_id, runId: row.run_id, epoch: row.epoch, owner: workerId },
    run: toRun(row),
    definition: row.definition,
    history: wholeTurns(row.history ?? []).map(toMessage),
    secondsLeft: row.seconds_left,
    cancelRequested: row.cancel_requested_at !== null,
    strikes: row.strikes,
  };
}

function wholeTurns(rows: readonly (MessageRow & { seq: number })[]): readonly MessageRow[] {
  const isCut = (rows[0]?.seq ?? 1) > 1;
  const begin = isCut ? rows.findIndex(({ role }) => role === "user") : 0;
  return begin === -1 ? [] : rows.slice(begin);
}

const HISTORY_MESSAGES_MAX = 500;
const HISTORY_CHARACTERS_MAX = 4_000_000;
const INTEGER_MAX = 2_147_483_647;

/** From the first claim; what a wait has left of it, from the claim after the wait. */
const DEADLINE = `coalesce(runs.deadline_at, now() + make_interval(secs => coalesce(runs.time_left_seconds, runs.timeout_seconds)))`;

/** From the checkpoint that the run goes on from, else from where its thread stands; numbered from 1. */
const HISTORY = `CASE WHEN runs.thread_id IS NOT NULL THEN (
    SELECT json_agg(h ORDER BY h.seq) FROM (
      SELECT m.seq - range.first_seq + 1 AS seq, ${messageColumns},
        sum(length(content) + coalesce(length(tool_calls), 0) + coalesce(length(metadata), 0))
          OVER (ORDER BY m.seq DESC) AS characters
      FROM (
        SELECT first_seq, ${INTEGER_MAX} AS last_seq FROM threads t
        WHERE runs.checkpoint_id IS NULL AND t.tenant_id = runs.tenant_id AND t.thread_id = runs.thread_id
        UNION ALL
        SELECT first_seq, last_seq FROM checkpoints c
        WHERE c.tenant_id = runs.tenant_id AND c.thread_id = runs.thread_id AND c.checkpoint_id = runs.checkpoint_id
      ) AS range JOIN messages m ON m.tenant_id = runs.tenant_id AND m.thread_id = runs.thread_id
        AND m.seq BETWEEN range.first_seq AND range.last_seq
      ORDER BY m.seq DESC LIMIT ${HISTORY_MESSAGES_MAX}) AS h
    WHERE h.characters <= ${HISTORY_CHARACTERS_MAX}) END`;

async function claim(
  tx: SystemTx,
  workerId: string,
  { age = 0, priority = 0, byUrgency = false, strikesBelow, without = [] }: ClaimCounts,
): Promise<ClaimRow[]> {
  const values: unknown[] = [workerId];
  const given = (value: unknown): string => `$${values.push(value)}`;
  const conditions = ["state = 'queued'", "NOT blocked"];
  if (strikesBelow !== undefined) conditions.push(`strikes < ${given(strikesBelow)}`);
  if (without.length > 0) {
    const ids = given(without.map(({ agentId }) => agentId));
    const versions = given(without.map(({ version }) => version));
    // As a filter of the index's rows, hashed once: the order stays the index's.
    conditions.push(
      `(agent_id, agent_version) NOT IN (SELECT * FROM unnest(${ids}::uuid[], ${versions}::int[]))`,
    );
  }
  const first = (count: number, order: string, besides: string[] = []): string =>
    `SELECT tenant_id, run_id, priority FROM runs WHERE ${[...conditions, ...besides].join(" AND ")}
     ORDER BY ${order} LIMIT ${given(count)} FOR UPDATE SKIP LOCKED`;
  const firsts: [name: string, select: string][] = [];
  if (age > 0) firsts.push(["oldest", first(age, "run_id")]);
  // Nobody skips rows that he has locked himself.
  const others = age > 0 ? ["run_id NOT IN (SELECT run_id FROM oldest)"] : [];
  if (priority > 0) {
    const foremost = first(priority, "priority, run_id", others);
    if (byUrgency)
      firsts.push(...claimedByUrgency({ foremost, conditions: [...conditions, ...others] }));
    else firsts.push(["foremost", foremost]);
  }
  if (firsts.length === 0) return [];
  return tx.query<ClaimRow>(
    `WITH ${firsts.map(([name, select]) => `${name} AS (${select})`).join(", ")}, candidate AS (
       ${firsts
         .filter(([name]) => name === "oldest" || name === "foremost")
         .map(([name]) => `SELECT tenant_id, run_id FROM ${name}`)
         .join(" UNION ALL ")}
     ), claimed AS (
       UPDATE runs SET state = 'running', owner = $1, epoch = epoch + 1, stop_reason = NULL, hint_due_at = NULL,
         started_at = coalesce(started_at, now()), updated_at = now(), time_left_seconds = NULL,
         deadline_at = ${DEADLINE}, look_at = ${DEADLINE} + interval '5 seconds'
       FROM candidate
       WHERE runs.tenant_id = candidate.tenant_id AND runs.run_id = candidate.run_id
       RETURNING runs.*
     )
     SELECT ${runColumns}, runs.tenant_id, runs.epoch, runs.cancel_requested_at, runs.strikes,
       extract(epoch FROM runs.deadline_at - now())::float8 AS seconds_left,
       (SELECT definition FROM agent_versions v
        WHERE v.tenant_id = runs.tenant_id AND v.agent_id = runs.agent_id AND v.version = runs.agent_version) AS definition,
       ${HISTORY} AS history
     FROM claimed AS runs`,
    values,
    { isLast: true },
  );
}
