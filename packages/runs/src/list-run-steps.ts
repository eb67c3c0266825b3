import type { Effect, Json, Principal, RunStep } from "@llamaagent/core";
import type { Database, TenantTx } from "@llamaagent/db";
import { findRun } from "./get-run.ts";
import { PAGE_BYTES_MAX } from "./read-page.ts";

interface StepRow {
  step_key: string;
  kind: RunStep["kind"];
  name: string | null;
  effect: Effect;
  state: RunStep["state"];
  result: string | null;
  started_at: Date;
  ended_at: Date | null;
}

/** As of a result: the answer holds those of all steps. */
const ARGUMENTS_BYTES_MAX = 256 * 1024;

/**
 * The steps of a run, in the order in which they began. Left out is what is over 256 KiB, and behind the first
 * 16 MiB of results, and as much of arguments.
 */
export async function listRunSteps(
  context: { db: Database },
  principal: Principal,
  runId: string,
): Promise<RunStep[]> {
  return context.db.tenant(principal.tenantId, async (tx) => {
    const run = await findRun(tx, runId);
    const rows = await tx.query<StepRow>(
      `SELECT step_key, kind, name, effect, state, started_at, ended_at,
         CASE WHEN sum(octet_length(result)) OVER begun <= ${PAGE_BYTES_MAX} THEN result END AS result
       FROM run_steps WHERE tenant_id = $1 AND run_id = $2
       WINDOW begun AS (ORDER BY started_at, step_key) ORDER BY started_at, step_key`,
      [tx.tenantId, runId],
    );
    const calls = await storedArguments(tx, runId);
    const steps = rows.map((row): RunStep => {
      const called = calls.get(row.step_key);
      return {
        step_key: row.step_key,
        kind: row.kind,
        ...(row.name === null ? {} : { name: row.name }),
        effect: row.effect,
        state: row.state,
        ...(called === undefined ? {} : { arguments: called }),
        ...(row.result === null ? {} : { result: JSON.parse(row.result) as Json }),
        started_at: row.started_at.toISOString(),
        ...(row.ended_at === null ? {} : { ended_at: row.ended_at.toISOString() }),
      };
    });
    const isFailed = run.status === "error" || run.status === "timeout";
    return isFailed ? [...steps, ...(await failedSteps(tx, runId))] : steps;
  });
}

/** What asked a model and has no answer is in the log alone: a step without effect is stored with its result. */
async function failedSteps(tx: TenantTx, runId: string): Promise<RunStep[]> {
  const begun = await tx.query<{ step_key: string; data: string }>(
    `SELECT DISTINCT ON (step_key) step_key, data FROM run_events e
     WHERE tenant_id = $1 AND run_id = $2 AND type = 'message.started' AND NOT EXISTS (
       SELECT FROM run_steps s
       WHERE s.tenant_id = e.tenant_id AND s.run_id = e.run_id AND s.step_key = e.step_key)
     ORDER BY step_key, epoch DESC, seq DESC`,
    [tx.tenantId, runId],
  );
  return begun.map(({ step_key: key, data }) => ({
    step_key: key,
    kind: "model",
    effect: "none",
    state: "failed",
    // As above: of an event of this type.
    started_at: (JSON.parse(data) as { at: string }).at,
  }));
}

/**
 * Of the run's calls, by the key of their step. A step keeps a hash of its input alone; the event before
 * it, which a step with an intent is never stored without, has the arguments.
 */
async function storedArguments(tx: TenantTx, runId: string): Promise<Map<string, Json>> {
  const events = await tx.query<{ step_key: string; data: string }>(
    `SELECT step_key, data FROM (
       SELECT step_key, data, epoch, seq, sum(octet_length(data)) OVER (ORDER BY epoch, seq) AS bytes FROM run_events
       WHERE tenant_id = $1 AND run_id = $2 AND type = 'tool_call.started' AND octet_length(data) <= $3) AS calls
     WHERE bytes <= ${PAGE_BYTES_MAX} ORDER BY epoch, seq`,
    [tx.tenantId, runId, ARGUMENTS_BYTES_MAX],
  );
  // Of a call that was begun again the last event counts, so it is the one that stays in the map.
  return new Map(
    // Text that was written by JSON.stringify, of an event of this type.
    events.map(({ step_key: key, data }) => [
      key,
      (JSON.parse(data) as { arguments: Json }).arguments,
    ]),
  );
}
