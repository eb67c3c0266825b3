import { describe, expect, it } from "vitest";
import { createEventReader, type ServerSentEvent } from "./server-sent-events.ts";

function read(...pieces: (string | Buffer)[]): ServerSentEvent[] {
  const reader = createEventReader();
  return [...pieces.flatMap((piece) => reader.read(Buffer.from(piece))), ...reader.end()];
}
const data = (...texts: string[]): ServerSentEvent[] =>
  texts.map((text) => ({ event: "", data: text }));

describe("an event stream", () => {
  const text =
    ': hello\ndata: {"a":"é🦙"}\n\nevent: error\ndata: one\ndata:  two\n\ndata: [DONE]\n\n';
  const events = [...data('{"a":"é🦙"}'), { event: "error", data: "one\n two" }, ...data("[DONE]")];

  it.each([
    ["LF", "\n"],
    ["CR", "\r"],
    ["CRLF", "\r\n"],
  ])("gives the same events with %s, wherever it is cut", (_name, lineBreak) => {
    const bytes = Buffer.from(text.replaceAll("\n", lineBreak));
    expect(read(bytes)).toEqual(events);
    for (let cut = 1; cut < bytes.length; cut++)
      expect(read(bytes.subarray(0, cut), bytes.subarray(cut))).toEqual(events);
    expect(read(...Array.from(bytes, (byte) => Buffer.of(byte)))).toEqual(events);
  });

  it("gives an event with its blank line, whatever may follow", () => {
    for (const lineBreak of ["\n", "\r", "\r\n"]) {
      const reader = createEventReader();
      expect(reader.read(Buffer.from(`data: a${lineBreak}`))).toEqual([]);
      expect(reader.read(Buffer.from(lineBreak))).toEqual(data("a"));
    }
  });

  it("takes one space from a value, and no value as an empty one", () => {
    expect(read("data:a\n\n", "data: a\n\n", "data:  a: b\n\n", "data\n\n", "data:\n\n")).toEqual(
      data("a", "a", " a: b", "", ""),
    );
  });

  it("leaves out comments, other fields and events without data", () => {
    expect(read(":\n\n", ": data: a\n\n", "id: 1\nretry: 5\nx\n\n", "event: ping\n\n")).toEqual([]);
    expect(read("event: ping\n\ndata: a\n\n")).toEqual(data("a"));
    expect(read("\n\n\n", "id: 1\ndata: a\nxdata: b\n\n")).toEqual(data("a"));
  });

  it("drops a byte order mark at the start, and only there", () => {
    expect(read("\ufeffdata: a\n\ndata: \ufeffb\n\n")).toEqual(data("a", "\ufeffb"));
    expect(read("data: a\n\n", "\ufeffdata: b\n\n")).toEqual(data("a"));
  });

  it("gives the last event where its end is left out", () => {
    expect(read("data: a\n\ndata: b")).toEqual(data("a", "b"));
    expect(read("data: a\r")).toEqual(data("a"));
    expect(read("data: a\ndata: b\r\n")).toEqual(data("a\nb"));
  });

  it("replaces bytes that are no UTF-8", () => {
    expect(read(Buffer.from("data: a\xffb\n\n", "latin1"))).toEqual(data("a\ufffdb"));
    expect(read(Buffer.from("data: \xf0\x9f", "latin1"))).toEqual(data("\ufffd"));
  });
});
