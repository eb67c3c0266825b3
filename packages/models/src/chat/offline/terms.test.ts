import { describe, expect, it } from "vitest";
import { tokenize } from "./terms.ts";

const terms = (text: string) => tokenize(text).map((token) => token.term);

describe("tokenize", () => {
  it("folds case, accents, endings and British spelling", () => {
    expect(terms("São Paulo's COLOURS, organised")).toEqual(["sao", "paulo", "color", "organ"]);
    expect(terms("licence")).toEqual(terms("license"));
  });

  it("leaves the word as it was written", () => {
    const written = (text: string) => tokenize(text).map((token) => token.surface);
    expect(written("São がんばる 3,000 cafe\u0301Bar")).toEqual([
      "São",
      "がんばる",
      "3,000",
      "cafe\u0301Bar",
      "cafe\u0301",
      "Bar",
    ]);
  });

  it("keeps numbers and versions whole", () => {
    expect(terms("3,000 of 1.2.30 in 2019, 4")).toEqual([
      "3000",
      "of",
      "1.2.30",
      "in",
      "2019",
      "4",
    ]);
  });

  it("gives an identifier whole, the same in both writings, and its parts", () => {
    expect(terms("maxRetries")).toEqual(["maxretri", "max", "retri"]);
    expect(terms("max_retries")).toEqual(["maxretri", "max", "retri"]);
    expect(terms("readHTTPBody")).toEqual(["readhttpbodi", "read", "http", "bodi"]);
  });

  it("counts positions by words, an identifier's parts one each", () => {
    expect(tokenize("a maxRetries b").map(({ term, position }) => [term, position])).toEqual([
      ["a", 0],
      ["maxretri", 1],
      ["max", 1],
      ["retri", 2],
      ["b", 3],
    ]);
  });
});
