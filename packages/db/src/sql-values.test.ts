import { describe, expect, it } from "vitest";
import { encodeParameter, valueParsers } from "./sql-values.ts";

describe("encodeParameter", () => {
  it.each([
    ["text", "text"],
    [12, "12"],
    [12n, "12"],
    [Number.NaN, "NaN"],
    [true, "true"],
    [null, null],
    [undefined, null],
    [new Date("2026-11-24T22:16:53.120Z"), "2026-11-24T22:16:53.120Z"],
    [{ b: 1, a: ["x"] }, '{"b":1,"a":["x"]}'],
    [[], "{}"],
    [
      ['a line\n "quoted"', '\ud83d\ude00 "x"', '\u2028 "x" \u007f', '\ud800 "x"'],
      '{"a line\n \\"quoted\\"","\ud83d\ude00 \\"x\\"","\u2028 \\"x\\" \u007f","\ud800 \\"x\\""}',
    ],
    [["a", 'b"\\', null, "NULL"], '{"a","b\\"\\\\",NULL,"NULL"}'],
    [
      [
        [1, 2],
        [3, 4],
      ],
      '{{"1","2"},{"3","4"}}',
    ],
    [[new Uint8Array([1, 255])], '{"\\\\x01ff"}'],
    [[{ a: 1 }], '{"{\\"a\\":1}"}'],
  ])("makes %o what Postgres reads", (value, text) => {
    expect(encodeParameter(value)).toBe(text);
  });

  it("leaves bytes as bytes", () => {
    const bytes = new Uint8Array([1, 2]);
    expect(encodeParameter(bytes)).toBe(bytes);
  });
});

describe("valueParsers", () => {
  it.each([
    ["2026-11-24 22:16:53.12+00", "2026-11-24T22:16:53.120Z"],
    ["2026-11-24 22:16:53+00", "2026-11-24T22:16:53.000Z"],
    ["2026-11-25 03:46:53.123456+05:30", "2026-11-24T22:16:53.123Z"],
    ["2026-11-24 14:16:53-08", "2026-11-24T22:16:53.000Z"],
  ])("reads the moment %s", (text, iso) => {
    const moment = valueParsers[1184]?.(text);
    expect(moment instanceof Date && moment.toISOString()).toBe(iso);
  });
});
