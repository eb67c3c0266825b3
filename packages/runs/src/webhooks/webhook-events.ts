import { type EventId, parseEventId, START, type StoredEvent } from "@llamaagent/core";
import type { Database, Tx } from "@llamaagent/db";
import { readEventsAfter } from "../reading/event-log.ts";

/** The next event after this one that its receiver is to be told of. */
export async function nextWebhookEvent(
  db: Database,
  run: { tenantId: string; runId: string },
  { after, events }: { after: string; events: readonly string[] },
): Promise<StoredEvent | undefined> {
  let position: EventId = parseEventId(after) ?? START;
  for (;;) {
    const from = position;
    const page = await db.tenant(run.tenantId, (tx) => readEventsAfter(tx, run, from));
    const found = page.events.find(({ type }) => events.includes(type));
    if (found !== undefined || !page.hasMore) return found;
    position = parseEventId(page.events.at(-1)?.id ?? "") ?? position;
  }
}

/** One event of a run; undefined where it is gone. */
export async function readEvent(
  tx: Tx,
  run: { tenantId: string; runId: string },
  eventId: string,
): Promise<StoredEvent | undefined> {
  const { epoch = 0, seq = 0 } = parseEventId(eventId) ?? {};
  const page = await readEventsAfter(tx, run, { epoch, seq: seq - 1 });
  return page.events.find(({ id }) => id === eventId);
}
