import type { EventPage, StoredEvent } from "@llamaagent/core";

/** A reader that does not read on holds a page. */
export const PAGE_EVENTS = 250;
export const PAGE_BYTES = 64 * 1_024;

/** As much of the events as one page takes. */
export function firstPage(events: readonly StoredEvent[]): EventPage {
  let length = 0;
  const end = events.findIndex(({ data }, index) => {
    length += data.length;
    return index === PAGE_EVENTS || (index > 0 && length > PAGE_BYTES);
  });
  return end < 0
    ? { events: [...events], hasMore: false }
    : { events: events.slice(0, end), hasMore: true };
}
