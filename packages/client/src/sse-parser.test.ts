import { describe, expect, it } from "vitest";
import { createSseParser, type SseEvent } from "./sse-parser.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const parse = (text: string): SseEvent[] => createSseParser().push(bytes(text));

describe("createSseParser", () => {
  it.each(["\n", "\r\n", "\r"])("ends lines with %j", (end) => {
    expect(parse(["id: 1-2", "event: run.started", 'data: {"a":1}', "", ""].join(end))).toEqual([
      { id: "1-2", type: "run.started", data: '{"a":1}' },
    ]);
  });

  it("joins several data lines and takes only one space off each", () => {
    expect(parse("data: YHOO\ndata:+2\ndata:  10\n\n")).toEqual([
      { id: "", type: "message", data: "YHOO\n+2\n 10" },
    ]);
  });

  it("reads the blocks of the specification's examples", () => {
    expect(parse(": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\n")).toEqual(
      [
        { id: "1", type: "message", data: "first event" },
        { id: "", type: "message", data: "second event" },
      ],
    );
    expect(parse("data\n\ndata\ndata\n\ndata:")).toEqual([
      { id: "", type: "message", data: "" },
      { id: "", type: "message", data: "\n" },
    ]);
  });

  it("keeps the last id for events that have none, and ignores an id with U+0000", () => {
    expect(parse("id: 7\ndata: a\n\ndata: b\n\nid: 8\0\ndata: c\n\n").map((e) => e.id)).toEqual([
      "7",
      "7",
      "7",
    ]);
  });

  it("makes no event of comments, of a block without data, or of unknown fields", () => {
    expect(parse(": ping\n\nevent: lost\nid: 3\n\nfoo: bar\nDATA: no\n\ndata: x\n\n")).toEqual([
      { id: "3", type: "message", data: "x" },
    ]);
  });

  it("drops one byte order mark at the start and no other", () => {
    expect(parse("\uFEFFdata: a\n\n\uFEFFdata: b\n\n").map((e) => e.data)).toEqual(["a"]);
  });

  it("forgets what the end of the stream leaves incomplete", () => {
    expect(parse("data: a\n\ndata: b\n").map((e) => e.data)).toEqual(["a"]);
  });

  it("gives the same events for every cut between two bytes", () => {
    const text =
      "\uFEFFid: 1-1\r\ndata: ä€𝄞\rdata:b\n\r\n:c\r\revent: x\r\ndata: 2\r\n\r\nid\ndata\n\n";
    const all = bytes(text);
    const expected = [
      { id: "1-1", type: "message", data: "ä€𝄞\nb" },
      { id: "1-1", type: "x", data: "2" },
      { id: "", type: "message", data: "" },
    ];
    for (let cut = 0; cut <= all.length; cut++) {
      const parser = createSseParser();
      const events = [...parser.push(all.slice(0, cut)), ...parser.push(all.slice(cut))];
      expect(events, `cut at ${cut}`).toEqual(expected);
    }
    const parser = createSseParser();
    expect([...all].flatMap((byte) => parser.push(Uint8Array.of(byte)))).toEqual(expected);
  });
});
