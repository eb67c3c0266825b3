import {
  type EventId,
  parseEventId,
  type RunKey,
  START,
  stepEndTypes,
  type StoredEvent,
} from "@llamaagent/core";
import type { Database } from "@llamaagent/db";
import { readEventsAfter } from "./event-log.ts";
import { positionFrom } from "./position-from.ts";

/**
 * What a reader has to know of a run who begins after an event and needs what its steps came to: gives `take`
 * the last event of each that had ended there, oldest first. The event may be one that Postgres does not have
 * yet. Answers the last event of the run that it has up to there: what follows it is to be read as ever.
 * Errors: `not_found`, `invalid_event_id`.
 */
export async function readStepEnds(
  { db }: { db: Database },
  run: RunKey,
  upTo: EventId,
  take: (event: StoredEvent) => void,
): Promise<EventId> {
  const last = await db.tenant(run.tenantId, async (tx) => {
    await positionFrom(tx, run, upTo);
    const [stored = START] = await tx.query<EventId>(
      `SELECT epoch, seq FROM run_events
       WHERE tenant_id = $1 AND run_id = $2 AND (epoch, seq) <= ($3::int, $4::int)
       ORDER BY epoch DESC, seq DESC LIMIT 1`,
      [run.tenantId, run.runId, upTo.epoch, upTo.seq],
    );
    return stored;
  });
  for (let after = START, hasMore = true; hasMore;) {
    const page = await db.tenant(run.tenantId, (tx) =>
      readEventsAfter(tx, run, after, { upTo: last, types: stepEndTypes }),
    );
    for (const event of page.events) take(event);
    after = parseEventId(page.events.at(-1)?.id ?? "") ?? last;
    hasMore = page.hasMore;
  }
  return last;
}
