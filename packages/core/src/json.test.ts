import { describe, expect, it } from "vitest";
import { isStorableAsJsonb, type Json, jsonbBytes, storableAsJsonb } from "./json.ts";

describe("what jsonb refuses", () => {
  it.each<[Json, Json]>([
    ["a\u0000b", "a\ufffdb"],
    ["\u0000\u0000", "\ufffd\ufffd"],
    ["\ud800 \udfff", "\ufffd \ufffd"],
    [{ "k\u0000": ["\ud800"] }, { "k\ufffd": ["\ufffd"] }],
    ["\\\u0000", "\\\ufffd"],
  ])("is replaced: %j", (value, storable) => {
    expect(isStorableAsJsonb(value)).toBe(false);
    expect(storableAsJsonb(value)).toEqual(storable);
    expect(isStorableAsJsonb(storable)).toBe(true);
  });

  it.each<Json>(["\\u0000", "😀", { a: [1, null, "\\\\ud800"] }])("is not there: %j", (value) => {
    expect(isStorableAsJsonb(value)).toBe(true);
    expect(storableAsJsonb(value)).toBe(value);
  });
});

describe("the bytes of what jsonb writes out", () => {
  it.each<[Json, string]>([
    [{ a: 1, é: [true, null, '"x\n'] }, '{"a": 1, "é": [true, null, "\\"x\\n"]}'],
    [{}, "{}"],
    [[], "[]"],
    [1e21, `1${"0".repeat(21)}`],
    [-1.5e300, `-15${"0".repeat(299)}`],
    [5e-324, `0.${"0".repeat(323)}5`],
    [-1.25e-7, "-0.000000125"],
    [-0.5, "-0.5"],
  ])("are those of it: %j", (value, text) => {
    expect(jsonbBytes(value)).toBe(Buffer.byteLength(text));
  });
});
