import { AppError, type Run, type RunHint, type StoredEvent } from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";
import { type AgentVersion, findAgentVersions } from "./agents/find-agent-versions.ts";
import { eventData } from "./event-data.ts";
import type { NewRun } from "./new-run.ts";
import { runColumns, type RunRow, toRun } from "./run-row.ts";
import { type Column, unnestColumns } from "./unnest-columns.ts";

export interface Inserted {
  run: Run;
  queued?: StoredEvent;
  hint?: RunHint;
}

/** A run that nobody claimed for this long ends as `timeout`. */
const QUEUED_SECONDS_MAX = 86_400;

/** Stores runs of one tenant, in the transaction's last statement; `not_found` where the agent is not there. */
export async function insertRuns(
  tx: TenantTx,
  wanted: readonly NewRun[],
): Promise<(Inserted | AppError)[]> {
  const nameOf = ({ request }: NewRun): string => request.agent ?? "default";
  const agents = await findAgentVersions(tx, wanted.map(nameOf));
  const runs: NewRun[] = [];
  const versions: AgentVersion[] = [];
  for (const run of wanted) {
    const agent = agents.get(nameOf(run));
    if (agent === undefined || agent instanceof AppError) continue;
    runs.push(run);
    versions.push(agent);
  }
  const inserted = new Map(
    runs.length === 0 ? [] : (await insert(tx, runs, versions)).map((one) => [one.run.run_id, one]),
  );
  return wanted.map((run) => {
    const agent = agents.get(nameOf(run));
    return (
      inserted.get(run.runId) ?? (agent instanceof AppError ? agent : new AppError("internal"))
    );
  });
}

async function insert(
  tx: TenantTx,
  runs: readonly NewRun[],
  versions: readonly AgentVersion[],
): Promise<Inserted[]> {
  const { tenantId } = tx;
  const events = runs.map(({ runId, at }) => eventData(runId, at, {}));
  const text = (value: unknown): string | null =>
    value === undefined ? null : JSON.stringify(value);
  const given: Column[] = [
    ["run_id", "uuid", runs.map(({ runId }) => runId)],
    ["subject", "text", runs.map(({ principal }) => principal.subject)],
    ["agent_id", "uuid", versions.map(({ agentId }) => agentId)],
    ["agent_version", "int", versions.map(({ version }) => version)],
    ["thread_id", "uuid", runs.map(({ request }) => request.threadId ?? null)],
    ["input", "text", runs.map(({ request }) => text(request.input))],
    ["messages", "text", runs.map(({ request }) => text(request.messages))],
    ["metadata", "text", runs.map(({ request }) => text(request.metadata))],
    ["timeout_seconds", "int", versions.map(({ timeoutSeconds }) => timeoutSeconds)],
    ["blocked", "boolean", runs.map(({ blocked }) => blocked ?? false)],
    ["event", "text", events],
    ["place", "int", runs.map((_, index) => index + 1)],
  ];
  const values: unknown[] = [tenantId];
  const rows = await tx.queryLast<RunRow & { priority: number }>(
    // Fair between tenants: who has many queued runs stands further back (counted to 1,000).
    `WITH ahead AS (
       SELECT count(*)::int AS runs FROM (
         SELECT FROM runs WHERE tenant_id = $1 AND state = 'queued' AND NOT blocked LIMIT 1000) AS queued
     ), given AS (
       SELECT * FROM ${unnestColumns(given, values, "given")}
     ), event AS (
       INSERT INTO run_events (tenant_id, run_id, epoch, seq, type, data)
       SELECT $1, run_id, 0, 1, 'run.queued', event FROM given
     ), runs AS (
       INSERT INTO runs (tenant_id, run_id, subject, agent_id, agent_version, thread_id, state, input, messages, metadata,
         timeout_seconds, blocked, priority, hint_due_at, look_at)
       SELECT $1, run_id, subject, agent_id, agent_version, thread_id, 'queued', input, messages, metadata::jsonb,
         timeout_seconds, blocked, least(ahead.runs + place, 1001),
         CASE WHEN blocked THEN NULL ELSE now() + interval '5 seconds' END,
         now() + interval '${QUEUED_SECONDS_MAX} seconds'
       FROM given, ahead RETURNING *
     )
     SELECT ${runColumns}, runs.priority FROM runs`,
    values,
  );
  const byRun = new Map(rows.map((row) => [row.run_id, row]));
  return runs.map(({ runId, blocked }, index) => {
    const row = byRun.get(runId);
    if (row === undefined) throw new AppError("internal");
    return {
      run: toRun(row),
      queued: { id: "0-1", type: "run.queued", data: events[index] ?? "" },
      ...(blocked ? {} : { hint: { tenantId, runId, generation: 1, priority: row.priority } }),
    };
  });
}
