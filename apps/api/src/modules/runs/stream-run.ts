import { setTimeout as sleep } from "node:timers/promises";
import type { EventId, Run, StoredEvent } from "@llamaagent/core";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { ApiDependencies } from "../../api-dependencies.ts";
import { sendEventStream } from "./event-stream.ts";

/** A position that cannot be is found in the first look at Postgres; a slower one ends the open stream. */
const FIRST_LOOK_MS = 1_000;

/** Answers with the run's events after a position. Error: `invalid_event_id`, before the stream begins. */
export async function streamRun(
  { follower, openRequests, streams }: ApiDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  { run, ...from }: { run: Run; after: EventId; queued?: StoredEvent },
): Promise<void> {
  const signal = openRequests.track(reply.raw);
  const key = { tenantId: request.principal.tenantId, runId: run.run_id };
  const events = follower.follow(key, { ...from, signal });
  const first = events.next();
  await Promise.race([
    first,
    sleep(FIRST_LOOK_MS, undefined, { signal, ref: false }).catch(() => undefined),
  ]);
  reply.hijack();
  reply.raw.setHeader("content-location", `/runs/${run.run_id}`);
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) reply.raw.setHeader(name, value);
  try {
    await sendEventStream(reply.raw, resumed(first, events), { signal, ...streams });
  } catch (error) {
    request.log.error({ err: error, run_id: run.run_id }, "stream failed");
  }
}

/** The iterator whose first step is under way already. */
async function* resumed(
  first: Promise<IteratorResult<StoredEvent, void>>,
  events: AsyncGenerator<StoredEvent, void>,
): AsyncGenerator<StoredEvent, void> {
  const result = await first;
  if (result.done === true) return;
  yield result.value;
  yield* events;
}
