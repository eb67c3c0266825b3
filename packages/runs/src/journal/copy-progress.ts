import { AppError } from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";
import { z } from "zod";

interface CopiedEvent {
  epoch: number;
  type: string;
  data: string;
  step_key: string | null;
  scope: string | null;
  ordinal: number | null;
}

/**
 * Copies what a run has done to the run that takes it up: its finished steps; those whose outcome is not known,
 * so that an idempotent one is called again with the key it had and an unsafe one waits for a person; and the
 * events of both, behind `0-1`. What began and changed nothing outside begins anew, as does what comes from
 * `fromStep` on. Error: `invalid_request` (no such step).
 */
export async function copyProgress(
  tx: TenantTx,
  { from, to, fromStep }: { from: string; to: string; fromStep: string | undefined },
): Promise<void> {
  const log = await readLog(tx, from);
  const steps = await tx.query<{ step_key: string }>(
    `INSERT INTO run_steps (tenant_id, run_id, step_key, kind, name, effect, state, input_hash, result, result_sha256,
       epoch, started_at, ended_at, origin_run_id)
     SELECT tenant_id, $3, step_key, kind, name, effect,
       CASE WHEN state = 'intent' AND effect = 'unsafe' THEN 'unknown' ELSE state END,
       input_hash, result, result_sha256, epoch, started_at, ended_at, coalesce(origin_run_id, run_id)
     FROM run_steps WHERE tenant_id = $1 AND run_id = $2 AND (state <> 'intent' OR effect <> 'none')
       AND ($4::text[] IS NULL OR step_key = ANY($4))
     RETURNING step_key`,
    [tx.tenantId, from, to, fromStep === undefined ? null : stepsBefore(log, fromStep)],
  );
  const copied = new Set(steps.map(({ step_key: key }) => key));
  const events = keptEvents(log, copied);
  await tx.query(
    `INSERT INTO run_events (tenant_id, run_id, epoch, seq, type, data, step_key, scope, ordinal)
     SELECT $1, $2, 0, 1 + n, type, data, step_key, scope, ordinal
     FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::int[]) WITH ORDINALITY
       AS e (type, data, step_key, scope, ordinal, n)`,
    [
      tx.tenantId,
      to,
      events.map(({ type }) => type),
      // The first field of every event's data.
      events.map(({ data }) => data.replace(from, to)),
      events.map(({ step_key: key }) => key),
      events.map(({ scope }) => scope),
      events.map(({ ordinal }) => ordinal),
    ],
  );
}

/** Steps that began before this one, by the log: workers' clocks may be apart. Error: `invalid_request`. */
function stepsBefore(log: readonly CopiedEvent[], fromStep: string): string[] {
  const first = log.findIndex(({ step_key: key }) => key === fromStep);
  if (first === -1)
    throw new AppError("invalid_request", {
      errors: [{ pointer: "/from_step", message: "is no step of the run" }],
    });
  return [
    ...new Set(log.slice(0, first).flatMap(({ step_key: key }) => (key === null ? [] : [key]))),
  ];
}

const readLog = (tx: TenantTx, runId: string): Promise<CopiedEvent[]> =>
  tx.query(
    `SELECT epoch, type, data, step_key, scope, ordinal FROM run_events
     WHERE tenant_id = $1 AND run_id = $2 ORDER BY epoch, seq`,
    [tx.tenantId, runId],
  );

const Restarted = z.object({ restarted: z.array(z.string()) });
const Begun = z.object({ message_id: z.string().optional(), tool_call_id: z.string().optional() });

/**
 * Of a log: the events of steps that are copied, without what a later epoch began again, and those between
 * steps as far as they stand before everything that is not copied: a replay comes to the others anew.
 */
function keptEvents(log: readonly CopiedEvent[], copied: ReadonlySet<string>): CopiedEvent[] {
  const first = log.findIndex(({ step_key: key }) => key !== null && !copied.has(key));
  const end = first === -1 ? log.length : first;
  /** Ids that began again, with the epoch in which they did. */
  const restarts = log.flatMap(({ epoch, data }) => {
    const parsed = Restarted.safeParse(JSON.parse(data));
    return parsed.success ? parsed.data.restarted.map((id) => ({ id, epoch })) : [];
  });
  const isVoid = ({ epoch, data }: CopiedEvent): boolean => {
    const { message_id: message, tool_call_id: call } = Begun.parse(JSON.parse(data));
    return restarts.some((it) => it.epoch > epoch && (it.id === message || it.id === call));
  };
  return log.filter((event, index) =>
    event.step_key !== null
      ? copied.has(event.step_key) && !isVoid(event)
      : event.scope !== null && index < end,
  );
}
