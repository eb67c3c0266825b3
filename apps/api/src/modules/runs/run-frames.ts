import {
  compareEventIds,
  type EventId,
  type Message,
  type RunKey,
  START,
  type StoredEvent,
} from "@llamaagent/core";
import { findRun, inputMessages, readStepEnds, type RunsContext } from "@llamaagent/runs";
import type { ApiDependencies, StreamLimits } from "../../api-dependencies.ts";
import type { ReaderPlace } from "../../reader-memory.ts";
import { createRunValues } from "./run-values.ts";
import { stepMessage } from "./step-message.ts";
import { type StreamFrame, streamFrames } from "./stream-frames.ts";
import type { StreamMode } from "./stream-mode.ts";
import type { StreamPosition } from "./stream-position.ts";

/** What of which run is to be streamed. */
export interface StreamedRun {
  runId: string;
  modes: ReadonlySet<StreamMode>;
  position: StreamPosition;
  /** The first event of a run that was admitted just now. */
  queued?: StoredEvent;
}

type Sources = Pick<ApiDependencies, "context" | "follower"> & {
  streams: Pick<StreamLimits, "memory">;
};
interface Reader {
  tenantId: string;
  signal: AbortSignal;
}

/**
 * A run's frames after a position, to its end. Errors, before the first of them: `not_found`,
 * `invalid_event_id`; at any time, of `values`: `service_unavailable` where there is no memory for them,
 * `conflict` where they are too large. What a run has come to before the position is read here already:
 * however long that takes, it can be refused with an answer of its own.
 */
export async function runFrames(
  sources: Sources,
  streamed: StreamedRun,
  reader: Reader,
): Promise<AsyncGenerator<StreamFrame, void>> {
  const { runId, modes, position, ...rest } = streamed;
  if (modes.has("values")) return withValues(sources, streamed, reader);
  const { tenantId, signal } = reader;
  const key = { tenantId, runId };
  const events = sources.follower.follow(key, { after: position.after, signal, ...rest });
  // Each is its own frame, and there may be thousands in a second.
  if (modes.size === 1 && modes.has("events")) return events;
  return streamFrames(events, { runId, modes, position });
}

async function withValues(
  { context, follower, streams }: Sources,
  { runId, modes, position, ...rest }: StreamedRun,
  { tenantId, signal }: Reader,
): Promise<AsyncGenerator<StreamFrame, void>> {
  const key = { tenantId, runId };
  const place = streams.memory.kept();
  try {
    const values = createRunValues(await readInput(context, key), place);
    const takeUpTo = (last: EventId): Promise<EventId> =>
      readStepEnds(context, key, last, (event) => {
        signal.throwIfAborted();
        values.take(event, stepMessage(event));
      });
    const isFromStart = compareEventIds(position.after, START) === 0;
    // The events themselves are not kept for as long as the stream lasts.
    const after = isFromStart ? START : await takeUpTo(position.after);
    signal.throwIfAborted();
    // Its frames may never be asked for.
    signal.addEventListener("abort", () => place.close());
    const following = follower.follow(key, { after, signal, ...rest });
    return closing(place, streamFrames(following, { runId, modes, position, values }));
  } catch (error) {
    place.close();
    throw error;
  }
}

async function* closing(
  place: ReaderPlace,
  frames: AsyncGenerator<StreamFrame, void>,
): AsyncGenerator<StreamFrame, void> {
  try {
    yield* frames;
  } finally {
    place.close();
  }
}

/** Alone: the run's output is not kept for as long as the stream lasts. */
async function readInput({ db }: RunsContext, { tenantId, runId }: RunKey): Promise<Message[]> {
  return inputMessages(await db.tenant(tenantId, (tx) => findRun(tx, runId)));
}
