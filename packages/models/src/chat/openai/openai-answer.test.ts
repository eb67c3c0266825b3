import { describe, expect, it } from "vitest";
import { parseArguments } from "./openai-answer.ts";

describe("parseArguments", () => {
  it("gives what the text says, or the text", () => {
    expect(parseArguments('{"a":[1]}')).toEqual({ a: [1] });
    expect(parseArguments(" ")).toEqual({});
    expect(parseArguments('{"a":')).toBe('{"a":');
  });

  it("takes 64 levels, and keeps what is deeper as text", () => {
    const nested = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);
    expect(parseArguments(nested(64))).toBeInstanceOf(Array);
    expect(parseArguments(nested(65))).toBe(nested(65));
    expect(parseArguments(nested(100_000))).toBe(nested(100_000));
  });
});
