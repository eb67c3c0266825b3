import { AppError, type EventId, parseEventId, START } from "@llamaagent/core";

export interface GivenPosition {
  lastEventId: string | undefined;
  after: string | undefined;
}

/**
 * Where to read on. The header wins: a browser's EventSource sends it when it reconnects, to the URL
 * that it was first given. Error: `invalid_event_id`, for either, before the stream begins.
 */
export function streamPosition({ lastEventId, after }: GivenPosition): EventId {
  const fromQuery = parse(after, "/query/after");
  return parse(lastEventId, "/headers/last-event-id") ?? fromQuery ?? START;
}

function parse(text: string | undefined, pointer: string): EventId | undefined {
  if (text === undefined) return undefined;
  const id = parseEventId(text);
  if (id === undefined)
    throw new AppError("invalid_event_id", {
      detail: "An event's id is <epoch>-<seq>",
      errors: [{ pointer, message: "is no event id" }],
    });
  return id;
}
