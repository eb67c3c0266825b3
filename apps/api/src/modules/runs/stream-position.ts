import { AppError, type EventId, parseEventId, START } from "@llamaagent/core";

export interface GivenPosition {
  lastEventId: string | undefined;
  after: string | undefined;
}

/** Where a stream begins. */
export interface StreamPosition {
  after: EventId;
  /** Of an event after it, what the reader has had already: the stream was cut between its frames. */
  given?: { of: EventId; frames: number };
}

export const FROM_START: StreamPosition = { after: START };

/**
 * Where to read on. The header wins: a browser's EventSource sends it when it reconnects, to the URL
 * that it was first given. Error: `invalid_event_id`, for either, before the stream begins.
 */
export function streamPosition({ lastEventId, after }: GivenPosition): StreamPosition {
  const fromQuery = parse(after, "/query/after");
  return parse(lastEventId, "/headers/last-event-id") ?? fromQuery ?? FROM_START;
}

function parse(text: string | undefined, pointer: string): StreamPosition | undefined {
  if (text === undefined) return undefined;
  const position = parsePosition(text);
  if (position === undefined)
    throw new AppError("invalid_event_id", {
      detail: "An event's id is <epoch>-<seq> or <epoch>-<seq>.<n>",
      errors: [{ pointer, message: "is no event id" }],
    });
  return position;
}

/** `<epoch>-<seq>.<n>`: of the event `<epoch>-<seq>` n frames were read, and not its last. */
function parsePosition(text: string): StreamPosition | undefined {
  const [, id = "", frames] = /^([^.]*)(?:\.([1-9]))?$/.exec(text) ?? [];
  const of = parseEventId(id);
  if (of === undefined || frames === undefined) return of && { after: of };
  if (of.seq === 0) return undefined;
  return { after: { ...of, seq: of.seq - 1 }, given: { of, frames: Number(frames) } };
}
