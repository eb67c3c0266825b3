import { describe, expect, it } from "vitest";
import { createBm25Index } from "./bm25.ts";

const text = (words: string, title = "", context = "") => ({
  text: words.split(" "),
  title: title === "" ? [] : title.split(" "),
  context: context === "" ? [] : context.split(" "),
});

describe("createBm25Index", () => {
  it("computes the published formula", () => {
    // N = 3, average length 3. "boat" is in one text: idf = ln(1 + 2.5/1.5) = 0.98083.
    // Text 0: length 2, tf = 2 / (1 - 0.75 + 0.75 · 2/3) = 2.6667; 2.6667 / 3.8667 = 0.68966.
    const index = createBm25Index([
      text("boat boat"),
      text("red house here"),
      text("red car over there"),
    ]);
    expect(index.idf("boat")).toBeCloseTo(0.98083, 5);
    expect(index.score(0, new Map([["boat", 1]]))).toBeCloseTo(0.67643, 5);
    expect(index.score(1, new Map([["boat", 1]]))).toBe(0);
    // "red" is in two: idf = ln(1 + 1.5/2.5) = 0.47000; text 1: tf = 1, 1 / 2.2 = 0.45455.
    expect(index.score(1, new Map([["red", 2]]))).toBeCloseTo(2 * 0.47 * 0.45455, 4);
  });

  it("takes a match in the text above one in the title, and that above the context", () => {
    const index = createBm25Index([
      text("boat", "x", "y"),
      text("x", "boat", "y"),
      text("x", "y", "boat"),
      text("x", "y", "z"),
    ]);
    const [inText, inTitle, inContext, nowhere] = [0, 1, 2, 3].map((at) =>
      index.score(at, new Map([["boat", 1]])),
    );
    expect(index.frequency("boat")).toBe(3);
    expect(inText).toBeGreaterThan(inTitle ?? 0);
    expect(inTitle).toBeGreaterThan(inContext ?? 0);
    expect(inContext).toBeGreaterThan(0);
    expect(nowhere).toBe(0);
  });

  it("takes rare terms above frequent ones, and short texts above long ones", () => {
    const index = createBm25Index([text("a b"), text("a c"), text("a c d e f g")]);
    const score = (at: number, term: string) => index.score(at, new Map([[term, 1]]));
    expect(score(0, "b")).toBeGreaterThan(score(0, "a"));
    expect(score(1, "c")).toBeGreaterThan(score(2, "c"));
    expect(index.rarestIdf).toBe(index.idf("b"));
  });
});
