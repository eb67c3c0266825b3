import { describe, expect, it } from "vitest";
import { mapStrings } from "./map-strings.ts";

const louder = (text: string): string => (text === "a" ? "A" : text);

describe("mapStrings", () => {
  it("replaces texts at any depth; keys, numbers and the structure stay", () => {
    const value = { a: "a", list: ["b", "a", 1, null, true], inner: { a: ["a"] } };
    expect(mapStrings(value, louder)).toEqual({
      a: "A",
      list: ["b", "A", 1, null, true],
      inner: { a: ["A"] },
    });
    expect(mapStrings("a", louder)).toBe("A");
    expect(mapStrings(7, louder)).toBe(7);
    expect(mapStrings(null, louder)).toBe(null);
  });

  it("shares what did not change, and does not touch what it was given", () => {
    const value = { same: { x: ["b"] }, other: ["a"] };
    const mapped = mapStrings(value, louder);
    expect(mapped.same).toBe(value.same);
    expect(mapped).not.toBe(value);
    expect(value.other).toEqual(["a"]);
    const unchanged = [{ b: "b" }, []];
    expect(mapStrings(unchanged, louder)).toBe(unchanged);
  });

  it("says where each text stands", () => {
    const places: string[] = [];
    mapStrings({ a: ["x", { "b/c": "y" }], d: "z" }, (text, path) => {
      places.push(`${path.join(" ")}: ${text}`);
      return text;
    });
    expect(places).toEqual(["a 0: x", "a 1 b/c: y", "d: z"]);
  });

  it("keeps a key that is a word of the language", () => {
    const value: unknown = JSON.parse('{"__proto__":{"x":"a"},"constructor":"a"}');
    expect(JSON.stringify(mapStrings(value, louder))).toBe(
      '{"__proto__":{"x":"A"},"constructor":"A"}',
    );
  });
});
