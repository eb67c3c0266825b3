import type { Run } from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";
import { isAgentId } from "./agents/agent-reference.ts";
import type { AdmitRun } from "./new-run.ts";
import { runColumns, type RunRow, toRun } from "./run-row.ts";

/** A client that waited longer than this for an answer means a new run. */
export const REPEATED_WITHIN = "2 minutes";
/** Ids hold the time by the clock of whoever made them. */
const CLOCKS_APART = "1 minute";

/**
 * The newest run that the same request of the same subject made, and nobody cancelled; of several of the same,
 * that come together, the next one has the next. Repeats of one
 * request come one after the other: until the commit the next of them waits. The first one is not among those that are waited for: a
 * repeat that overtakes its commit makes a second run; who must not have that sends a key.
 */
export async function findRepeated(
  tx: TenantTx,
  subject: string,
  request: AdmitRun,
): Promise<Run | undefined> {
  const text = (value: unknown): string | null =>
    value === undefined ? null : JSON.stringify(value);
  const input = text(request.input);
  const messages = text(request.messages);
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [
    JSON.stringify([tx.tenantId, subject, input, messages]),
  ]);
  const agent = request.agent ?? "default";
  const [row] = await tx.query<RunRow>(
    `SELECT ${runColumns} FROM runs
     WHERE tenant_id = $1 AND run_id >= uuid_at(now() - interval '${REPEATED_WITHIN}' - interval '${CLOCKS_APART}')
       AND created_at > now() - interval '${REPEATED_WITHIN}' AND subject = $2
       AND input IS NOT DISTINCT FROM $3 AND messages IS NOT DISTINCT FROM $4 AND metadata = $5::jsonb
       AND thread_id IS NOT DISTINCT FROM $6 AND checkpoint_id IS NOT DISTINCT FROM $7
       AND on_completion IS NOT DISTINCT FROM $8
       AND CASE
         -- Or it was held back, and its time has come since.
         WHEN available_at IS NULL THEN $9::float8 IS NULL OR created_at + make_interval(secs => $9::float8) <= now()
         ELSE available_at - created_at = make_interval(secs => $9::float8) END
       AND urgency = $12 AND webhook IS NOT DISTINCT FROM $13
       AND cancel_requested_at IS NULL AND stop_reason IS DISTINCT FROM 'cancelled'
       AND agent_id = (
         SELECT agent_id FROM agents WHERE tenant_id = $1 AND deleted_at IS NULL
           AND (agent_id = $10::uuid OR name = $11))
     ORDER BY run_id DESC LIMIT 1 OFFSET $14`,
    [
      tx.tenantId,
      subject,
      input,
      messages,
      JSON.stringify(request.metadata),
      request.threadId ?? null,
      request.checkpointId ?? null,
      request.onCompletion ?? null,
      request.afterSeconds ?? null,
      ...(isAgentId(agent) ? [agent, null] : [null, agent]),
      request.urgency ?? 0,
      text(request.webhook),
      request.sameBefore ?? 0,
    ],
  );
  return row && toRun(row);
}
