import { StringDecoder } from "node:string_decoder";

export interface ServerSentEvent {
  /** Empty unless the server names one. */
  event: string;
  data: string;
}

/**
 * Reads an event stream from bytes that come cut anywhere
 * (https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream). `end`
 * also gives an event whose closing blank line never came: some servers leave the last one out. `id`
 * and `retry` are left out: a model's answer cannot be taken up again.
 */
export function createEventReader(): {
  read(bytes: Buffer): ServerSentEvent[];
  end(): ServerSentEvent[];
} {
  const decoder = new StringDecoder("utf8");
  let isStart = true;
  let endedInCr = false;
  /** Begun, its break not seen yet. Appended to without a look at it: it may come in thousands of pieces. */
  let line = "";
  let event = "";
  let data: string | undefined;

  /** The same with LF for CR and CRLF, wherever they are cut. */
  function withLf(text: string): string {
    const rest = endedInCr && text.startsWith("\n") ? text.slice(1) : text;
    endedInCr = rest.endsWith("\r");
    return rest.includes("\r") ? rest.replaceAll(/\r\n?/g, "\n") : rest;
  }

  function takeField(text: string): void {
    const colon = text.indexOf(":");
    if (colon === 0) return; // a comment
    const name = colon === -1 ? text : text.slice(0, colon);
    const value = colon === -1 ? "" : text.slice(text[colon + 1] === " " ? colon + 2 : colon + 1);
    if (name === "data") data = data === undefined ? value : `${data}\n${value}`;
    else if (name === "event") event = value;
  }

  function take(text: string): ServerSentEvent[] {
    if (text === "") return []; // the start of a character
    const lines = withLf(isStart && text.startsWith("\ufeff") ? text.slice(1) : text).split("\n");
    isStart = false;
    const begun = lines.pop() ?? "";
    const events: ServerSentEvent[] = [];
    for (const rest of lines) {
      const whole = line + rest;
      line = "";
      if (whole !== "") {
        takeField(whole);
        continue;
      }
      if (data !== undefined) events.push({ event, data });
      event = "";
      data = undefined;
    }
    line += begun;
    return events;
  }

  return {
    read: (bytes) => take(decoder.write(bytes)),
    end: () => take(`${decoder.end()}\n\n`),
  };
}
