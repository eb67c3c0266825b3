import {
  type EventId,
  formatEventId,
  type RunEventType,
  type RunKey,
  START,
  stepEndTypes,
  type StoredEvent,
} from "@llamaagent/core";
import type { Database } from "@llamaagent/db";
import { positionFrom } from "./position-from.ts";

/** The steps that had ended at a place in a run's events. */
export interface StepEnds {
  /** The last event of each, oldest first. */
  events: StoredEvent[];
  /** The last event of the run that Postgres has up to there: what follows it is to be read as ever. */
  last: EventId;
}

/**
 * What a reader has to know of a run who begins after an event and needs what its steps came to. The
 * event may be one that Postgres does not have yet. Errors: `not_found`, `invalid_event_id`.
 */
export async function readStepEnds(
  { db }: { db: Database },
  run: RunKey,
  upTo: EventId,
): Promise<StepEnds> {
  return db.tenant(run.tenantId, async (tx) => {
    await positionFrom(tx, run, upTo);
    const key = [run.tenantId, run.runId];
    const [last = START] = await tx.query<EventId>(
      `SELECT epoch, seq FROM run_events
       WHERE tenant_id = $1 AND run_id = $2 AND (epoch, seq) <= ($3::int, $4::int)
       ORDER BY epoch DESC, seq DESC LIMIT 1`,
      [...key, upTo.epoch, upTo.seq],
    );
    const rows = await tx.query<EventId & { type: RunEventType; data: string }>(
      `SELECT epoch, seq, type, data FROM run_events
       WHERE tenant_id = $1 AND run_id = $2 AND (epoch, seq) <= ($3::int, $4::int)
         AND type = ANY($5::text[])
       ORDER BY epoch, seq`,
      [...key, last.epoch, last.seq, stepEndTypes],
    );
    const events = rows.map((row) => ({ id: formatEventId(row), type: row.type, data: row.data }));
    return { events, last };
  });
}
