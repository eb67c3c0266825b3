import { type Json, type Message } from "@llamaagent/core";
import { describe, expect, it } from "vitest";
import { observe } from "./observations.ts";
import { planCalls } from "./plan-calls.ts";
import { parseQuestion } from "./question.ts";

const question = parseQuestion("Which boats are red?");
const all = new Set(["list_files", "search_files", "read_file"]);

type Answered = [name: string, input: Json, output: unknown];
function messagesOf(...rounds: Answered[][]): Message[] {
  return rounds.flatMap((round, r) => [
    {
      role: "assistant" as const,
      content: "",
      tool_calls: round.map(([name, input], i) => ({ id: `${r}-${i}`, name, arguments: input })),
    },
    ...round.map(([, , output], i) => ({
      role: "tool" as const,
      tool_call_id: `${r}-${i}`,
      content: typeof output === "string" ? output : JSON.stringify(output),
    })),
  ]);
}
const plan = (messages: Message[], tools: ReadonlySet<string> = all, asked = question) =>
  planCalls(asked, tools, observe(messages));

const files = (sizes: Record<string, number>) => ({
  files: Object.entries(sizes).map(([path, size_bytes]) => ({ path, size_bytes })),
  truncated: false,
});
const page = (path: string, start: number, end: number, total: number) => ({
  path,
  start_line: start,
  end_line: end,
  total_lines: total,
  text: Array.from({ length: end - start + 1 }, (_, i) => `line ${start + i}`).join("\n"),
});

describe("planCalls", () => {
  it("first lists the files and searches for each word", () => {
    expect(plan([])).toEqual([
      { name: "list_files", arguments: {} },
      { name: "search_files", arguments: { query: "boat" } },
      { name: "search_files", arguments: { query: "red" } },
    ]);
  });

  it("asks only tools that are there", () => {
    expect(plan([], new Set(["list_files"]))).toEqual([{ name: "list_files", arguments: {} }]);
    expect(plan([], new Set(["calculator"]))).toEqual([]);
  });

  const looked = (sizes: Record<string, number>, matches: { path: string; line: number }[]) =>
    messagesOf([
      ["list_files", {}, files(sizes)],
      ["search_files", { query: "boat" }, { matches, truncated: false }],
    ]);

  it("then reads small files, those with matches first, but no pictures", () => {
    const messages = looked({ "a.md": 10, "b.md": 10, "c.png": 10 }, [{ path: "b.md", line: 1 }]);
    expect(plan(messages)).toEqual([
      { name: "read_file", arguments: { path: "b.md" } },
      { name: "read_file", arguments: { path: "a.md" } },
    ]);
  });

  it("reads a file that is no text by its name where there is no other, or it is named", () => {
    expect(plan(looked({ "c.png": 10 }, []))).toEqual([
      { name: "read_file", arguments: { path: "c.png" } },
    ]);
    const named = looked({ "a.md": 10, "c.png": 10 }, []);
    expect(plan(named, all, parseQuestion("Is the boat in c.png red?"))).toEqual([
      { name: "read_file", arguments: { path: "c.png" } },
    ]);
  });

  it("reads large files around their matches", () => {
    const messages = looked({ "big.txt": 900_000 }, [
      { path: "big.txt", line: 500 },
      { path: "big.txt", line: 505 },
      { path: "big.txt", line: 3 },
    ]);
    expect(plan(messages)).toEqual([
      { name: "read_file", arguments: { path: "big.txt", start_line: 1, end_line: 15 } },
      { name: "read_file", arguments: { path: "big.txt", start_line: 488, end_line: 512 } },
    ]);
  });

  it("reads only the file that the question names", () => {
    const messages = looked({ "docs/a.md": 10, "b.md": 10 }, [{ path: "b.md", line: 1 }]);
    expect(plan(messages, all, parseQuestion("Which boats are red in a.md?"))).toEqual([
      { name: "read_file", arguments: { path: "docs/a.md" } },
    ]);
  });

  it("then reads on where a whole file came in part, and then answers", () => {
    const first = looked({ "a.md": 10 }, []);
    const read: Answered = ["read_file", { path: "a.md" }, page("a.md", 1, 500, 2200)];
    const more = plan([...first, ...messagesOf([read])]);
    expect(more).toEqual([
      { name: "read_file", arguments: { path: "a.md", start_line: 501, end_line: 1500 } },
      { name: "read_file", arguments: { path: "a.md", start_line: 1501, end_line: 2200 } },
    ]);
    const rest: Answered = [
      "read_file",
      { path: "a.md", start_line: 501 },
      page("a.md", 501, 600, 2200),
    ];
    expect(plan([...first, ...messagesOf([read], [rest])])).toEqual([]);
  });

  it("answers with what it has where tools fail", () => {
    const failed = JSON.stringify({ error: { code: "tool_failed", message: "no" } });
    const messages = messagesOf([["list_files", {}, failed]]);
    expect(plan(messages)).toEqual([]);
  });
});
