import { compareEventIds, type EventId, type Run, START, type StoredEvent } from "@llamaagent/core";
import { readStepEnds } from "@llamaagent/runs";
import type { ApiDependencies } from "../../api-dependencies.ts";
import { createRunValues } from "./run-values.ts";
import { stepMessage } from "./step-message.ts";
import { type StreamFrame, streamFrames } from "./stream-frames.ts";
import type { StreamMode } from "./stream-mode.ts";
import type { StreamPosition } from "./stream-position.ts";

/** What of which run is to be streamed. */
export interface StreamedRun {
  run: Run;
  modes: ReadonlySet<StreamMode>;
  position: StreamPosition;
  /** The first event of a run that was admitted just now. */
  queued?: StoredEvent;
}

type Sources = Pick<ApiDependencies, "context" | "follower">;
interface Reader {
  tenantId: string;
  signal: AbortSignal;
}

/**
 * A run's frames after a position, to its end. Errors, before the first of them: `not_found`,
 * `invalid_event_id`.
 */
export function runFrames(
  sources: Sources,
  streamed: StreamedRun,
  reader: Reader,
): AsyncGenerator<StreamFrame, void> {
  const { run, modes, position, ...rest } = streamed;
  if (modes.has("values")) return withValues(sources, streamed, reader);
  const { tenantId, signal } = reader;
  const key = { tenantId, runId: run.run_id };
  const events = sources.follower.follow(key, { after: position.after, signal, ...rest });
  // Each is its own frame, and there may be thousands in a second.
  if (modes.size === 1 && modes.has("events")) return events;
  return streamFrames(events, { runId: key.runId, modes, position });
}

async function* withValues(
  { context, follower }: Sources,
  { run, modes, position, ...rest }: StreamedRun,
  { tenantId, signal }: Reader,
): AsyncGenerator<StreamFrame, void> {
  const key = { tenantId, runId: run.run_id };
  const values = createRunValues(run);
  const takeUpTo = (place: EventId): Promise<EventId> =>
    readStepEnds(context, key, place, (event) => values.take(event, stepMessage(event)));
  const isFromStart = compareEventIds(position.after, START) === 0;
  // The events themselves are not kept for as long as the stream lasts.
  const after = isFromStart ? START : await takeUpTo(position.after);
  const following = follower.follow(key, { after, signal, ...rest });
  yield* streamFrames(following, { runId: key.runId, modes, position, values });
}
