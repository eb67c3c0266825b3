import { describe, expect, it } from "vitest";
import { isStorableAsJsonb, type Json, storableAsJsonb } from "./json.ts";

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
