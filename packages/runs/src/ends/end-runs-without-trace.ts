import { RunUsage, type StoredEvent } from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";
import { eventData } from "../event-data.ts";
import { type Column, unnestColumns } from "../unnest-columns.ts";
import { endChange } from "./end-change.ts";
import { type RunEnd, terminalEvent } from "./run-end.ts";

interface OpenRow {
  run_id: string;
  epoch: number;
  last_id: string | null;
  usage: string | null;
}

/**
 * As `endWithoutTrace`, for many runs that the caller has locked, and their threads with them: in two
 * statements; the turns that they had are not given on. Answers each one's last event.
 */
export async function endRunsWithoutTrace(
  tx: TenantTx,
  runIds: readonly string[],
  now: Date,
): Promise<Map<string, StoredEvent>> {
  if (runIds.length === 0) return new Map();
  // A statement of its own after the lock: its snapshot holds the last that their owners wrote.
  const rows = await tx.query<OpenRow>(
    `SELECT run_id, epoch, last.id AS last_id, usage.data AS usage FROM runs
     LEFT JOIN LATERAL (
       SELECT epoch || '-' || seq AS id FROM run_events e
       WHERE e.tenant_id = runs.tenant_id AND e.run_id = runs.run_id
       ORDER BY epoch DESC, seq DESC LIMIT 1) AS last ON true
     LEFT JOIN LATERAL (
       SELECT data FROM run_events e
       WHERE e.tenant_id = runs.tenant_id AND e.run_id = runs.run_id AND type = 'usage.updated'
       ORDER BY epoch DESC, seq DESC LIMIT 1) AS usage ON true
     WHERE tenant_id = $1 AND run_id = ANY($2::uuid[])`,
    [tx.tenantId, runIds],
  );
  const ends = rows.map((row) => {
    const usage = row.usage === null ? NO_USAGE : RunUsage.parse(JSON.parse(row.usage));
    const end: RunEnd = { reason: "cancelled", usage };
    const { type, data } = terminalEvent(end);
    const text = eventData(row.run_id, now, {
      ...data,
      after: row.last_id ?? "0-0",
      restarted: [],
    });
    const event: StoredEvent = { id: `${row.epoch + 1}-1`, type, data: text };
    return { runId: row.run_id, event, change: endChange({}, end) };
  });
  const [first] = ends;
  if (first === undefined) return new Map();
  const columns: Column[] = [
    ["run_id", "uuid", ends.map(({ runId }) => runId)],
    ["event_type", "text", ends.map(({ event }) => event.type)],
    ["event_data", "text", ends.map(({ event }) => event.data)],
    ...first.change.given.map(({ name, type }, index): Column => [
      name,
      type,
      ends.map(({ change }) => change.given[index]?.value),
    ]),
  ];
  const values: unknown[] = [tx.tenantId];
  await tx.query(
    `WITH ended AS (
       UPDATE runs SET ${first.change.set}, epoch = runs.epoch + 1
       FROM ${unnestColumns(columns, values, "given")}
       WHERE runs.tenant_id = $1 AND runs.run_id = given.run_id
       RETURNING runs.run_id, runs.epoch, given.event_type, given.event_data
     ), told AS (
       UPDATE tasks SET due_at = now(), wakes = wakes + 1 FROM ended
       WHERE tasks.tenant_id = $1 AND tasks.task_id = ended.run_id
     )
     INSERT INTO run_events (tenant_id, run_id, epoch, seq, type, data)
     SELECT $1, run_id, epoch, 1, event_type, event_data FROM ended`,
    values,
  );
  return new Map(ends.map(({ runId, event }) => [runId, event]));
}

const NO_USAGE: RunUsage = { input_tokens: 0, output_tokens: 0 };
