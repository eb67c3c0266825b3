import { type EventId, type EventPage, formatEventId, type RunEventType } from "@llamaagent/core";
import type { Tx } from "@llamaagent/db";
import { PAGE_BYTES, PAGE_EVENTS } from "./event-page.ts";

interface EventRow {
  epoch: number;
  seq: number;
  type: RunEventType;
  /** Null of one that is too large for the page. */
  data: string | null;
  /** Of the page's data up to this event. */
  bytes: number;
}

/** What follows an event. `upTo`: none behind it; `types`: of these alone. */
export async function readEventsAfter(
  tx: Tx,
  { tenantId, runId }: { tenantId: string; runId: string },
  after: EventId,
  { upTo, types }: { upTo?: EventId; types?: readonly RunEventType[] } = {},
): Promise<EventPage> {
  const values: unknown[] = [tenantId, runId, after.epoch, after.seq];
  const given = (value: unknown): string => `$${values.push(value)}`;
  const conditions = [
    ...(upTo ? [`AND (epoch, seq) <= (${given(upTo.epoch)}::int, ${given(upTo.seq)}::int)`] : []),
    ...(types ? [`AND type = ANY(${given(types)}::text[])`] : []),
  ];
  const rows = await tx.query<EventRow>(
    // octet_length of text that is stored compressed or apart does not read it.
    `SELECT epoch, seq, type, bytes, CASE WHEN bytes <= ${PAGE_BYTES} OR bytes = own THEN data END AS data FROM (
       SELECT epoch, seq, type, data, octet_length(data) AS own,
         (sum(octet_length(data)) OVER (ORDER BY epoch, seq ROWS UNBOUNDED PRECEDING))::float8 AS bytes
       FROM run_events WHERE tenant_id = $1 AND run_id = $2 AND (epoch, seq) > ($3::int, $4::int) ${conditions.join(" ")}
       ORDER BY epoch, seq LIMIT ${PAGE_EVENTS}) AS page
     WHERE bytes - own < ${PAGE_BYTES} ORDER BY epoch, seq`,
    values,
  );
  const events = rows.flatMap((row) =>
    row.data === null ? [] : [{ id: formatEventId(row), type: row.type, data: row.data }],
  );
  return {
    events,
    hasMore: rows.length === PAGE_EVENTS || (rows.at(-1)?.bytes ?? 0) >= PAGE_BYTES,
  };
}

export async function lastEventId(
  tx: Tx,
  { tenantId, runId }: { tenantId: string; runId: string },
): Promise<string | undefined> {
  const [last] = await tx.query<{ id: string }>(
    `SELECT epoch || '-' || seq AS id FROM run_events WHERE tenant_id = $1 AND run_id = $2
     ORDER BY epoch DESC, seq DESC LIMIT 1`,
    [tenantId, runId],
  );
  return last?.id;
}

/** How far a run is, in Postgres. */
export interface RunPosition {
  runId: string;
  /** The epoch that acts on it now. */
  epoch: number;
  ended: boolean;
  last: EventId;
}

/** One query for all the runs that a replica's readers follow. */
export async function readPositions(
  tx: Tx,
  runs: readonly { tenantId: string; runId: string }[],
): Promise<RunPosition[]> {
  const rows = await tx.query<{
    run_id: string;
    epoch: number;
    ended: boolean;
    last_epoch: number;
    last_seq: number;
  }>(
    `SELECT r.run_id, r.epoch, r.state = 'ended' AS ended, e.epoch AS last_epoch, e.seq AS last_seq
     FROM unnest($1::uuid[], $2::uuid[]) AS wanted (tenant_id, run_id)
     JOIN runs r USING (tenant_id, run_id)
     CROSS JOIN LATERAL (
       SELECT epoch, seq FROM run_events WHERE tenant_id = r.tenant_id AND run_id = r.run_id
       ORDER BY epoch DESC, seq DESC LIMIT 1) AS e`,
    [runs.map((r) => r.tenantId), runs.map((r) => r.runId)],
  );
  return rows.map((row) => ({
    runId: row.run_id,
    epoch: row.epoch,
    ended: row.ended,
    last: { epoch: row.last_epoch, seq: row.last_seq },
  }));
}
