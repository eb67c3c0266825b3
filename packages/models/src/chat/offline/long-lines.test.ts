import { describe, expect, it } from "vitest";
import { splitLongLines } from "./long-lines.ts";

const split = (text: string) => splitLongLines([{ number: 7, text }]);

describe("splitLongLines", () => {
  it("leaves lines of up to 4,000 characters whole", () => {
    const line = { number: 7, text: "x".repeat(4000) };
    expect(splitLongLines([line])).toEqual([line]);
  });

  it.each([
    ["sentences", "A lamp burns. ".repeat(400), 588],
    ["words", "lamp ".repeat(1000), 600],
    ["code", "lanterns=1;".repeat(500), 594],
    ["neither", "x".repeat(5000), 600],
    ["characters of two units", `x${"🦙".repeat(3000)}`, 599],
  ])("cuts %s where they end, and loses nothing", (_of, text, firstLength) => {
    const parts = split(text);
    expect(parts.map((part) => part.text).join("")).toBe(text);
    expect(parts[0]).toEqual({ number: 7, text: text.slice(0, firstLength), from: 1 });
    expect(parts[1]?.from).toBe(firstLength + 1);
    for (const part of parts)
      expect(text.indexOf(part.text, (part.from ?? 0) - 1)).toBe((part.from ?? 0) - 1);
  });
});
