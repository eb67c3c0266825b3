/** One dispatched event of a `text/event-stream`. */
export interface SseEvent {
  /** The last id seen so far; empty where none was. */
  id: string;
  /** `message` where the stream names none. */
  type: string;
  data: string;
}

export interface SseParser {
  /** The events that these bytes complete. What the stream's end leaves incomplete is no event. */
  push(bytes: Uint8Array): SseEvent[];
}

/**
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 * `retry` fields are ignored: the back-off is the client's own.
 */
export function createSseParser(): SseParser {
  const decoder = new TextDecoder(); // drops one byte order mark at the start, as the text asks
  const event = { id: "", type: "", data: [] as string[] };
  let rest = "";
  let afterCarriageReturn = false;

  function takeField(line: string): void {
    const colon = line.indexOf(":");
    const field = colon === -1 ? line : line.slice(0, colon);
    let value = colon === -1 ? "" : line.slice(colon + 1);
    if (value.startsWith(" ")) value = value.slice(1);
    if (field === "data") event.data.push(value);
    else if (field === "event") event.type = value;
    else if (field === "id" && !value.includes("\0")) event.id = value;
  }

  function takeLine(line: string): SseEvent | undefined {
    if (line !== "") {
      if (!line.startsWith(":")) takeField(line);
      return undefined;
    }
    const { id, type, data } = event;
    event.data = [];
    event.type = "";
    // One empty `data` line still makes an event, with empty data; no such line makes none.
    return data.length === 0 ? undefined : { id, type: type || "message", data: data.join("\n") };
  }

  return {
    push(bytes) {
      let text = decoder.decode(bytes, { stream: true });
      if (text === "") return [];
      // A pair that was cut between two chunks: its line has ended already.
      if (afterCarriageReturn && text.startsWith("\n")) text = text.slice(1);
      afterCarriageReturn = text.endsWith("\r");
      const events: SseEvent[] = [];
      const lineEnd = /\r\n|\n|\r/g;
      let start = 0;
      for (let match = lineEnd.exec(text); match; match = lineEnd.exec(text)) {
        const completed = takeLine(rest + text.slice(start, match.index));
        if (completed) events.push(completed);
        rest = "";
        start = lineEnd.lastIndex;
      }
      rest += text.slice(start);
      return events;
    },
  };
}
