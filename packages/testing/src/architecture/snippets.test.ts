import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { allSnippets, testedSnippets } from "./document-snippets.ts";
import { parseSnippets, snippetFaults } from "./snippets.ts";

const page = (...lines: string[]) => parseSnippets("page.md", lines.join("\n"));
const faults = (...lines: string[]) => snippetFaults(page(...lines), new Set(["page.md demo"]));

describe("the snippets of this repository's pages", () => {
  it("say each what is done with them, and have no syntax error", () => {
    expect(snippetFaults(allSnippets(), testedSnippets())).toEqual([]);
  });

  it("are readable by a shell where they are for one", () => {
    for (const { language, text } of allSnippets())
      if (language === "sh") execFileSync("sh", ["-n"], { input: text });
  });
});

describe("snippetFaults", () => {
  it("lets pass what is marked and well formed", () => {
    expect(faults("```sh run", "true", "```", "```ts check", "let a: number;", "```")).toEqual([]);
    expect(faults("```sh test=demo", "true", "```", "```text", "─►", "```")).toEqual([]);
  });

  it("finds a fence without a mark, with a wrong one, or with two", () => {
    const fault = "page.md:2: needs one mark: run, test=NAME or check";
    expect(faults("", "```sh", "true", "```")).toEqual([fault]);
    expect(faults("", "```ts ignore", "1;", "```")).toEqual([fault]);
    expect(faults("", "```sh run check", "true", "```")).toEqual([fault]);
  });

  it("finds a language that is not known, so that nothing passes unseen", () => {
    expect(faults("```bash run", "true", "```")).toEqual([
      "page.md:1: 'bash' is not one of sh, ts, text, json, jsonc, sql, yaml",
    ]);
    expect(faults("```", "true", "```")).toHaveLength(1);
  });

  it("finds a mark whose test does not exist", () => {
    expect(faults("```sh test=gone", "true", "```")).toEqual([
      'page.md:1: no test takes documentSnippet("page.md", "gone")',
    ]);
  });

  it("finds errors of syntax", () => {
    expect(faults("```json", "{", "```")).toHaveLength(1);
    expect(faults("```ts check", "const = 1", "```")).toHaveLength(1);
  });

  it("refuses a fence that is never closed", () => {
    expect(() => page("```sh run", "true")).toThrow("page.md:1: the fence is not closed");
  });
});
