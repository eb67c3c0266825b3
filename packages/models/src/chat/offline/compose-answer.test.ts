import { describe, expect, it } from "vitest";
import { openingAnswer, quoteAnswer } from "./compose-answer.ts";

const lines = (...texts: string[]) => texts.map((text, index) => ({ number: index + 1, text }));
const file = lines("zero", "first line", "second line", "third", "fourth", "fifth");

function ranked(score: number, path: string, ...numbers: number[]) {
  const quoted = file.filter((line) => numbers.includes(line.number));
  const passage = { path, lines: quoted, text: "", title: "", context: "", kind: "prose" as const };
  return { passage, score, coverage: 1, aboutCoverage: 1, fits: false, hasFocus: true };
}

describe("quoteAnswer", () => {
  it("quotes whole lines under path:line and names the places", () => {
    expect(quoteAnswer([ranked(1, "a b.md", 2)])).toEqual({
      parts: ["The passage that fits the question best:\n", "\na b.md:2\n> first line\n"],
      sources: [{ path: "a b.md", start_line: 2, end_line: 2 }],
      answered: true,
    });
  });

  it("takes up to three passages, none with less than half of the best score", () => {
    const answer = quoteAnswer([ranked(1, "a", 1), ranked(0.9, "b", 1), ranked(0.49, "c", 1)]);
    expect(answer.sources.map((source) => source["path"])).toEqual(["a", "b"]);
    const many = quoteAnswer(["a", "b", "c", "d"].map((path) => ranked(1, path, 1)));
    expect(many.sources.map((source) => source["path"])).toEqual(["a", "b", "c"]);
  });

  it("joins passages that touch, and keeps lines that are apart under places of their own", () => {
    const answer = quoteAnswer([ranked(1, "a", 2, 3), ranked(0.9, "a", 4), ranked(0.8, "a", 1, 6)]);
    expect(answer.parts.slice(1)).toEqual([
      "\na:1-4\n> zero\n> first line\n> second line\n> third\na:6\n> fifth\n",
    ]);
  });

  it("says which part of a very long line is quoted, and joins parts that touch", () => {
    const part = (number: number, text: string, from: number) => {
      const { passage, ...rest } = ranked(1, "min.js", 1);
      return { ...rest, passage: { ...passage, lines: [{ number, text, from }] } };
    };
    const answer = quoteAnswer([part(1, "three", 11), part(1, "one ", 3), part(1, "two ", 7)]);
    expect(answer.parts.slice(1)).toEqual([
      "\nmin.js:1 (in part, from character 7)\n> two three\n",
      "\nmin.js:1 (in part, from character 3)\n> one \n",
    ]);
    expect(answer.sources).toEqual([
      { path: "min.js", start_line: 1, end_line: 1, start_character: 7 },
      { path: "min.js", start_line: 1, end_line: 1, start_character: 3 },
    ]);
  });
});

describe("openingAnswer", () => {
  it("quotes the title and the first paragraph of each file", () => {
    const files = new Map([
      ["a.md", lines("", "# Title", "", "One", "two.", "", "Three")],
      ["rule.md", lines("", "---")],
      ["empty.md", lines("", " ")],
    ]);
    expect(openingAnswer(files).parts).toEqual([
      "They begin:\n",
      "\na.md:2\n> # Title\na.md:4-5\n> One\n> two.\n",
      "\nrule.md:2\n> ---\n",
      "\nEmpty: empty.md\n",
    ]);
  });
});
