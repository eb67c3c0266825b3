import {
  type Clock,
  isAppError,
  isTerminalEventType,
  type Run,
  type StoredEvent,
} from "@llamaagent/core";
import type { Database } from "@llamaagent/db";
import {
  currentKeys,
  findDelivery,
  findRun,
  logDelivery,
  nextWebhookEvent,
  readEvent,
  RESEND_TASK,
  WEBHOOK_TASK,
} from "@llamaagent/runs";
import type { Envelope } from "@llamaagent/protection";
import type { GuardedFetch } from "@llamaagent/tools/guarded-fetch";
import { z } from "zod";
import type { TaskHandler, TaskHandlers, TaskHelpers } from "../tasks/task-handler.ts";
import { createReceiverPlaces, type ReceiverPlaces } from "./receiver-places.ts";
import { signWebhook } from "./sign-webhook.ts";

export interface WebhookParts {
  db: Database;
  clock: Clock;
  newId: () => string;
  /** The keys that sign are sealed. */
  envelope: Envelope;
  fetch: GuardedFetch;
}

/** How far a run's receiver has been told, and since when it takes nothing. */
const Cursor = z.object({ after: z.string(), failing_since: z.string().optional() });
const EventTime = z.object({ at: z.string() });
/** A receiver that took nothing for so long is not told. */
const GIVEN_UP_AFTER_MS = 86_400_000;

/** What tells receivers of runs' events: one after the other, each until it was taken. */
export function webhookHandlers(parts: WebhookParts): TaskHandlers {
  const places = createReceiverPlaces(parts.clock);
  return { [WEBHOOK_TASK]: tellOfRun(parts, places), [RESEND_TASK]: resend(parts, places) };
}

/** The task's id is the run's: it has one owner at a time, so what it sends is in order. */
function tellOfRun(parts: WebhookParts, places: ReceiverPlaces): TaskHandler {
  const { db, clock } = parts;
  return async (payload, helpers) => {
    const { tenantId, taskId: runId } = helpers;
    const { after, failing_since: failingSince = clock.now().toISOString() } =
      Cursor.parse(payload);
    const key = { tenantId, runId };
    const run = await readRun(db, key);
    if (run?.webhook === undefined) return "done";
    const { webhook: url, webhook_events: events = [] } = run;
    const event = await db.tenant(tenantId, (tx) => nextWebhookEvent(tx, key, { after, events }));
    if (event === undefined) return run.state === "ended" ? "done" : "asleep";
    const leave = places.take(url);
    if (leave === undefined) return "put_off";
    const fault = await send(parts, helpers, { url, run, event }).finally(leave);
    const isGivenUp = clock.now().getTime() - Date.parse(failingSince) > GIVEN_UP_AFTER_MS;
    if (fault !== undefined && !isGivenUp) {
      await helpers.save({ after, failing_since: failingSince });
      throw new Error(fault);
    }
    if (isTerminalEventType(event.type)) return "done";
    // Given up, or taken: the next event's attempts are counted anew.
    await helpers.save({ after: event.id });
    return "again";
  };
}

const Resend = z.object({ delivery_id: z.string() });

function resend(parts: WebhookParts, places: ReceiverPlaces): TaskHandler {
  const { db } = parts;
  return async (payload, helpers) => {
    const { tenantId } = helpers;
    const { delivery_id: deliveryId } = Resend.parse(payload);
    const { url, ...delivery } = await db.tenant(tenantId, (tx) =>
      findDelivery(tx, tenantId, deliveryId),
    );
    const key = { tenantId, runId: delivery.run_id };
    const run = await readRun(db, key);
    const event = await db.tenant(tenantId, (tx) => readEvent(tx, key, delivery.event_id));
    if (run === undefined || event === undefined) return "done";
    const leave = places.take(url);
    if (leave === undefined) return "put_off";
    const fault = await send(parts, helpers, { url, run, event }).finally(leave);
    if (fault !== undefined) throw new Error(fault);
    return "done";
  };
}

/** Undefined where it was removed. */
async function readRun(
  db: Database,
  { tenantId, runId }: { tenantId: string; runId: string },
): Promise<Run | undefined> {
  try {
    return await db.tenant(tenantId, (tx) => findRun(tx, runId));
  } catch (error) {
    if (isAppError(error, "not_found")) return undefined;
    throw error;
  }
}

/** Logged, whatever comes of it. Undefined where the receiver took it, else why it did not. */
async function send(
  { db, clock, newId, envelope, fetch }: WebhookParts,
  helpers: TaskHelpers,
  { url, run, event }: { url: string; run: Run; event: StoredEvent },
): Promise<string | undefined> {
  const { tenantId } = helpers;
  const keys = await db.tenant(tenantId, (tx) => currentKeys(tx, { envelope, newId }));
  const id = `${run.run_id}.${event.id}`;
  const at = clock.now();
  const body = JSON.stringify({
    type: event.type,
    timestamp: EventTime.parse(JSON.parse(event.data)).at,
    event_id: event.id,
    run,
  });
  const secrets = keys.map(({ secret }) => secret);
  const headers = {
    "content-type": "application/json",
    "user-agent": "LlamaAgent-Webhooks",
    ...signWebhook(secrets, { id, at, body }),
  };
  helpers.assertOwned();
  const begunAt = clock.monotonicMs();
  const outcome = await fetch.post(url, { headers, body, signal: helpers.signal }).then(
    ({ status }) => ({
      status_code: status,
      ...(isTaken(status) ? {} : { error: `the receiver answered ${status}` }),
    }),
    (error: unknown) => ({ error: reasonOf(error) }),
  );
  await db.tenant(tenantId, (tx) =>
    logDelivery(tx, tenantId, {
      delivery_id: newId(),
      run_id: run.run_id,
      event_id: event.id,
      event_type: event.type,
      url,
      attempt: helpers.attempt,
      duration_ms: Math.round(clock.monotonicMs() - begunAt),
      ...outcome,
    }),
  );
  // Cut off by our own shutdown, it is no fault of the receiver's.
  helpers.signal.throwIfAborted();
  return outcome.error;
}

const isTaken = (status: number): boolean => status >= 200 && status < 300;

/** Node's errors of connecting have their reasons inside. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && error.message === "")
    return error.errors.map((inner) => reasonOf(inner)).join("; ");
  return error.message;
}
