import { AppError, type Run, type RunHint, type StoredEvent } from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";
import { isAgentId } from "./agents/agent-reference.ts";
import { eventData } from "./event-data.ts";
import type { NewRun } from "./new-run.ts";
import { rareColumns } from "./rare-columns.ts";
import { noRoom, roomForRuns } from "./room-for-runs.ts";
import { runColumns, type RunRow, toRun } from "./run-row.ts";
import { queuedOfTenant, RANK_MAX } from "./queued-of-tenant.ts";
import { QUEUED_UNTIL } from "./queued-until.ts";
import { HINT_DUE_AT } from "./hints/hint-due-at.ts";
import { type HintRow, hintColumns, mergeHints, toHint } from "./hints/hint-row.ts";
import type { TenantRooms } from "./tenant-rooms.ts";
import { type Column, unnestColumns } from "./unnest-columns.ts";
import { WEBHOOK_BEGIN, WEBHOOK_TASK } from "./webhooks/webhook.ts";

export interface Inserted {
  run: Run;
  queued?: StoredEvent;
  /** For this run and some of those that were stored with it; they have none of their own then. */
  hint?: RunHint;
}

/**
 * Stores runs of one tenant, in one statement; `not_found` in the place of one whose agent is not there,
 * `rate_limited` in that of one for which the tenant has no room.
 * `isLast` as in `Tx.query`. Without `rooms` it is counted how much room there is.
 */
export async function insertRuns(
  tx: TenantTx,
  runs: readonly NewRun[],
  { isLast, rooms }: { isLast: boolean; rooms?: TenantRooms | undefined },
): Promise<(Inserted | AppError)[]> {
  const { tenantId } = tx;
  const known = rooms?.known(tenantId);
  if (known === 0) return runs.map(noRoom);
  const agents = runs.map(({ request }) => request.agent ?? "default");
  const events = runs.map(({ runId, at }) => eventData(runId, at, {}));
  const text = (value: unknown): string | null =>
    value === undefined ? null : JSON.stringify(value);
  const given: Column[] = [
    ["run_id", "uuid", runs.map(({ runId }) => runId)],
    ["subject", "text", runs.map(({ principal }) => principal.subject)],
    ["agent_id", "uuid", agents.map((agent) => (isAgentId(agent) ? agent : null))],
    ["agent_name", "text", agents.map((agent) => (isAgentId(agent) ? null : agent))],
    ["thread_id", "uuid", runs.map(({ request }) => request.threadId ?? null)],
    ["input", "text", runs.map(({ request }) => text(request.input))],
    ["messages", "text", runs.map(({ request }) => text(request.messages))],
    ["metadata", "text", runs.map(({ request }) => text(request.metadata))],
    [
      "blocked",
      "boolean",
      runs.map(({ blocked, request }) => (blocked ?? false) || request.afterSeconds !== undefined),
    ],
    ["body_hash", "text", runs.map(({ request }) => request.bodyHash ?? null)],
    ["event", "text", events],
    ["place", "int", runs.map((_, index) => index + 1)],
  ];
  const rare = rareColumns(runs.map(({ request }) => request));
  given.push(...rare.given);
  const lookAt = rare.has("available_at")
    ? `coalesce(available_at, ${QUEUED_UNTIL})`
    : QUEUED_UNTIL;
  const values: unknown[] = [tenantId, known ?? null];
  const answer = await tx.query<StoredRow | NoRow>(
    `WITH ahead AS (
       SELECT ${queuedOfTenant("$1")} AS runs
     ), room AS (
       SELECT CASE WHEN $2::int IS NULL THEN ${roomForRuns("$1")}::int ELSE $2 END AS places
     ), agents_of_tenant AS NOT MATERIALIZED (
       SELECT agent_id, name, version, timeout_seconds
       FROM agents JOIN agent_versions USING (tenant_id, agent_id, version)
       WHERE tenant_id = $1 AND deleted_at IS NULL
     ), given AS (
       SELECT new.run_id, subject, agent.*, thread_id, input, messages, metadata, blocked, body_hash, event, place${rare.selected}
       FROM ${unnestColumns(given, values, "new")} JOIN room ON place <= places
       CROSS JOIN LATERAL (
         SELECT agent_id, version, timeout_seconds FROM agents_of_tenant WHERE agent_id = new.agent_id
         UNION ALL
         SELECT agent_id, version, timeout_seconds FROM agents_of_tenant WHERE name = new.agent_name
       ) AS agent
     ), event AS (
       INSERT INTO run_events (tenant_id, run_id, epoch, seq, type, data)
       SELECT $1, run_id, 0, 1, 'run.queued', event FROM given
     )${rare.has("webhook") ? `, ${WEBHOOK_TASKS}` : ""}, runs AS (
       INSERT INTO runs (tenant_id, run_id, subject, agent_id, agent_version, thread_id, state, input, messages, metadata,
         timeout_seconds, blocked, body_hash, priority, hint_due_at, look_at${rare.names})
       SELECT $1, run_id, subject, agent_id, version, thread_id, 'queued', input, messages, metadata::jsonb,
         timeout_seconds, blocked, body_hash, least(ahead.runs + place, ${RANK_MAX}),
         CASE WHEN blocked THEN NULL ELSE ${HINT_DUE_AT} END,
         ${lookAt}${rare.names}
       FROM given, ahead RETURNING *
     )
     SELECT places, ${runColumns}, ${hintColumns}, blocked FROM room LEFT JOIN runs ON true`,
    values,
    { isLast },
  );
  const rows = answer.filter(isStored);
  const room = answer[0]?.places ?? 0;
  if (known === undefined) rooms?.counted(tenantId, room - rows.length);
  else rooms?.taken(tenantId, rows.length);
  const byRun = new Map(rows.map((row) => [row.run_id, row]));
  const hints = new Map(
    mergeHints(rows.filter(({ blocked }) => !blocked).map(toHint)).map((it) => [it.runId, it]),
  );
  return runs.map(({ runId }, index) => {
    const row = byRun.get(runId);
    if (row === undefined) return index < room ? noSuchAgent() : noRoom();
    const hint = hints.get(runId);
    return {
      run: toRun(row),
      queued: { id: "0-1", type: "run.queued", data: events[index] ?? "" },
      ...(hint && { hint }),
    };
  });
}

type StoredRow = RunRow & HintRow & { blocked: boolean; places: number };
/** Where none was stored: for how many there was room. */
type NoRow = { run_id: null; places: number };

const isStored = (row: StoredRow | NoRow): row is StoredRow => row.run_id !== null;

/** Asleep until the run's first event of interest, whose transaction wakes it. */
const WEBHOOK_TASKS = `webhooks AS (
  INSERT INTO tasks (tenant_id, task_id, kind, payload)
  SELECT $1, run_id, '${WEBHOOK_TASK}', '${JSON.stringify(WEBHOOK_BEGIN)}' FROM given WHERE webhook IS NOT NULL)`;

const noSuchAgent = (): AppError =>
  new AppError("not_found", {
    detail: "There is no such agent",
    errors: [{ pointer: "/agent_id", message: "no such agent" }],
  });
