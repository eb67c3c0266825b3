import { AppError } from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";
import { z } from "zod";

interface Copy {
  from: string;
  to: string;
}

/**
 * Copies what a run has done to the run that takes it up: its finished steps; those whose outcome is not known,
 * so that an idempotent one is called again with the key it had and an unsafe one waits for a person; and the
 * events of both, behind `0-1`. What began and changed nothing outside begins anew, as does what comes from
 * `fromStep` on. The log stays in the database, however long it is. Error: `invalid_request` (no such step).
 */
export async function copyProgress(
  tx: TenantTx,
  { fromStep, ...copy }: Copy & { fromStep: string | undefined },
): Promise<void> {
  const steps = await tx.query<{ step_key: string }>(
    `INSERT INTO run_steps (tenant_id, run_id, step_key, kind, name, effect, state, input_hash, result, result_sha256,
       epoch, started_at, ended_at, origin_run_id)
     SELECT tenant_id, $3, step_key, kind, name, effect,
       CASE WHEN state = 'intent' AND effect = 'unsafe' THEN 'unknown' ELSE state END,
       input_hash, result, result_sha256, epoch, started_at, ended_at, coalesce(origin_run_id, run_id)
     FROM run_steps WHERE tenant_id = $1 AND run_id = $2 AND (state <> 'intent' OR effect <> 'none')
       AND ($4::text[] IS NULL OR step_key = ANY($4))
     RETURNING step_key`,
    [
      tx.tenantId,
      copy.from,
      copy.to,
      fromStep === undefined ? null : await stepsBefore(tx, copy.from, fromStep),
    ],
  );
  const copied = steps.map(({ step_key: key }) => key);
  await copyEvents(tx, copy, copied);
}

/** Steps that began before this one, by the log: workers' clocks may be apart. Error: `invalid_request`. */
async function stepsBefore(tx: TenantTx, runId: string, fromStep: string): Promise<string[]> {
  const [row] = await tx.query<{ first: number | null; before: string[] }>(
    `WITH first AS (
       SELECT epoch, seq FROM run_events WHERE tenant_id = $1 AND run_id = $2 AND step_key = $3
       ORDER BY epoch, seq LIMIT 1)
     SELECT (SELECT seq FROM first) AS first, ARRAY(
       SELECT DISTINCT step_key FROM run_events e, first
       WHERE tenant_id = $1 AND run_id = $2 AND step_key IS NOT NULL AND (e.epoch, e.seq) < (first.epoch, first.seq)
     ) AS before`,
    [tx.tenantId, runId, fromStep],
  );
  if (row === undefined || row.first === null)
    throw new AppError("invalid_request", {
      errors: [{ pointer: "/from_step", message: "is no step of the run" }],
    });
  return row.before;
}

/**
 * Of a log: the events of steps that are copied, without what a later epoch began again, and those between
 * steps as far as they stand before everything that is not copied: a replay comes to the others anew.
 */
async function copyEvents(
  tx: TenantTx,
  { from, to }: Copy,
  copied: readonly string[],
): Promise<void> {
  const restarts = await readRestarts(tx, from);
  await tx.query(
    `WITH begun_again AS (SELECT * FROM unnest($5::text[], $6::int[]) AS b (id, epoch)), first AS (
       SELECT epoch, seq FROM run_events WHERE tenant_id = $1 AND run_id = $2 AND step_key <> ALL($4::text[])
       ORDER BY epoch, seq LIMIT 1)
     INSERT INTO run_events (tenant_id, run_id, epoch, seq, type, data, step_key, scope, ordinal)
     SELECT tenant_id, $3::uuid, 0, 1 + row_number() OVER (ORDER BY epoch, seq), type,
       overlay(data PLACING $3::uuid::text FROM ${ID_AT} FOR 36), step_key, scope, ordinal
     FROM run_events e WHERE tenant_id = $1 AND run_id = $2 AND CASE
       WHEN step_key IS NULL
         THEN scope IS NOT NULL AND coalesce((SELECT (e.epoch, e.seq) < (first.epoch, first.seq) FROM first), true)
       ELSE step_key = ANY($4) AND NOT EXISTS (
         SELECT FROM begun_again b WHERE b.epoch > e.epoch AND b.id = substring(e.data FROM '${BEGUN}')) END`,
    [
      tx.tenantId,
      from,
      to,
      copied,
      restarts.map(({ id }) => JSON.stringify(id)),
      restarts.map(({ epoch }) => epoch),
    ],
  );
}

/** As `eventData` begins: the run's id stands here, counted from 1. */
const ID_AT = '{"run_id":"'.length + 1;
/** And goes on with the id of the message or call that it is of. As text: jsonb refuses some of what data holds. */
const BEGUN = `^{"run_id":"[^"]*","at":"[^"]*","(?:message_id|tool_call_id)":("(?:[^"\\\\]|\\\\.)*")`;

const EpochStart = z.object({ restarted: z.array(z.string()).default([]) });

/** Ids that began again, with the epoch in which they did: the first event of an epoch names them. */
async function readRestarts(tx: TenantTx, runId: string): Promise<{ id: string; epoch: number }[]> {
  const starts = await tx.query<{ epoch: number; data: string }>(
    `SELECT epoch, data FROM run_events WHERE tenant_id = $1 AND run_id = $2 AND seq = 1 AND epoch > 0`,
    [tx.tenantId, runId],
  );
  return starts.flatMap(({ epoch, data }) =>
    EpochStart.parse(JSON.parse(data)).restarted.map((id) => ({ id, epoch })),
  );
}
