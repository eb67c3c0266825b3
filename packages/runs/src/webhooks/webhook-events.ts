import {
  formatEventId,
  parseEventId,
  type RunEventType,
  type RunKey,
  START,
  type StoredEvent,
} from "@llamaagent/core";
import type { Tx } from "@llamaagent/db";

interface EventRow {
  epoch: number;
  seq: number;
  type: RunEventType;
  data: string;
}

/** The next event after this one that its receiver is to be told of. */
export async function nextWebhookEvent(
  tx: Tx,
  { tenantId, runId }: RunKey,
  { after, events }: { after: string; events: readonly string[] },
): Promise<StoredEvent | undefined> {
  const { epoch, seq } = parseEventId(after) ?? START;
  const [row] = await tx.query<EventRow>(
    `SELECT epoch, seq, type, data FROM run_events
     WHERE tenant_id = $1 AND run_id = $2 AND (epoch, seq) > ($3::int, $4::int) AND type = ANY($5::text[])
     ORDER BY epoch, seq LIMIT 1`,
    [tenantId, runId, epoch, seq, events],
  );
  return row && toEvent(row);
}

/** One event of a run; undefined where it is gone. */
export async function readEvent(
  tx: Tx,
  { tenantId, runId }: RunKey,
  eventId: string,
): Promise<StoredEvent | undefined> {
  const { epoch, seq } = parseEventId(eventId) ?? START;
  const [row] = await tx.query<EventRow>(
    `SELECT epoch, seq, type, data FROM run_events
     WHERE tenant_id = $1 AND run_id = $2 AND epoch = $3 AND seq = $4`,
    [tenantId, runId, epoch, seq],
  );
  return row && toEvent(row);
}

const toEvent = (row: EventRow): StoredEvent => ({
  id: formatEventId(row),
  type: row.type,
  data: row.data,
});
