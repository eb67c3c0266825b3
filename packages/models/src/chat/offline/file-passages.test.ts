import { describe, expect, it } from "vitest";
import { filePassages } from "./file-passages.ts";
import { splitLongLines } from "./long-lines.ts";

function passages(path: string, text: string) {
  const lines = text.split("\n").map((line, index) => ({ number: index + 1, text: line }));
  return filePassages(path, lines).map(({ lines: quoted, text: matched, title }) => ({
    at: quoted.map((line) => line.number),
    matched,
    title,
  }));
}

describe("filePassages", () => {
  it("splits prose into sentences with the lines that hold them", () => {
    const text = "# Boats\n\nMr. Smith has a boat. It is\nred. Now\nit is 3.5 m long.";
    expect(passages("a.md", text)).toEqual([
      { at: [3], matched: "Mr. Smith has a boat.", title: "Boats" },
      { at: [3, 4], matched: "It is\nred.", title: "Boats" },
      { at: [4, 5], matched: "Now\nit is 3.5 m long.", title: "Boats" },
    ]);
  });

  it("gives list items, table rows and code lines the sentence that introduces them", () => {
    const text =
      "Install it:\n\n- with npm\n  or yarn\n- by hand\n\n```sh\nnpm ci\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |";
    expect(passages("a.md", text)).toEqual([
      { at: [1], matched: "Install it:", title: "" },
      { at: [3, 4], matched: "- with npm\n  or yarn", title: "Install it:" },
      { at: [5], matched: "- by hand", title: "Install it:" },
      { at: [8], matched: "npm ci", title: "Install it:" },
      { at: [11, 13], matched: "| 1 | 2 |", title: "Install it:\n| a | b |" },
    ]);
  });

  it("splits a list without bullets by line", () => {
    const rows = Array.from({ length: 9 }, (_, index) => `port ${index}`);
    expect(passages("ports.txt", rows.join("\n")).map(({ at }) => at)).toEqual(
      rows.map((_, index) => [index + 1]),
    );
  });

  it("quotes a row of CSV with the header", () => {
    expect(passages("a.csv", "name,age\nAnn,3\n\nBob,4")).toEqual([
      { at: [1, 2], matched: "Ann,3", title: "name,age" },
      { at: [1, 4], matched: "Bob,4", title: "name,age" },
    ]);
  });

  it("gives a line of code the line that encloses it, the comment before it and its short block", () => {
    const text = '{\n  "server": {\n    "port": 80\n  },\n  "name": "x"\n}';
    expect(passages("a.json", text)).toEqual([
      { at: [2, 3, 4], matched: '  "server": {', title: "{" },
      { at: [3], matched: '    "port": 80', title: '"server": {' },
      { at: [5], matched: '  "name": "x"', title: "{" },
    ]);
    expect(passages("a.py", "# Adds.\ndef add(a, b):\n    return a + b")).toEqual([
      { at: [1, 2, 3], matched: "# Adds.\ndef add(a, b):", title: "" },
      { at: [3], matched: "    return a + b", title: "def add(a, b):" },
    ]);
  });

  it("quotes of a long line the part with the sentence", () => {
    const noise = "The sea is grey and nobody asks why. ".repeat(200);
    const lines = splitLongLines([{ number: 1, text: `${noise}The captain is Ahab. ${noise}` }]);
    const found = filePassages("a.txt", lines).find(({ text }) => text === "The captain is Ahab.");
    expect(found?.lines).toMatchObject([{ number: 1, from: 7105 }]);
    expect(found?.lines[0]?.text).toContain("The captain is Ahab.");
  });

  it("does not join what was read in separate ranges", () => {
    const lines = [
      { number: 4, text: "One sentence" },
      { number: 9, text: "and another." },
    ];
    expect(filePassages("a.txt", lines).map((passage) => passage.text)).toEqual([
      "One sentence",
      "and another.",
    ]);
  });
});
