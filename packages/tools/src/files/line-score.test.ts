import { describe, expect, it } from "vitest";
import { createLineScorer } from "./line-score.ts";

describe("createLineScorer", () => {
  it("ranks the phrase above all words, and those above some", () => {
    const scorer = createLineScorer("  Llama  wool price ");
    expect(
      [
        "the LLAMA WOOL PRICE list",
        "price of wool of a llama",
        "wool, wool and wool of a llama",
        "prices",
        "alpaca",
      ].map((line) => scorer.score(line).score),
    ).toEqual([4, 3, 2, 1, 0]);
  });

  it("says where the first hit begins", () => {
    expect(createLineScorer("wool price").score("a price of wool").at).toBe(2);
  });

  it("finds signs that are no words", () => {
    const scorer = createLineScorer("=>");
    expect([scorer.score("a => b").score, scorer.score("a = b").score]).toEqual([1, 0]);
  });

  it("takes the query as plain text", () => {
    expect(createLineScorer("(a+)+$").score("aaaa").score).toBe(1);
    expect(createLineScorer(".*").score("anything").score).toBe(0);
  });
});
