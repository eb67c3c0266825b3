import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { searchWorkspaceFiles } from "./search-files.ts";

let workspace: string;
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), "search-"));
});
afterEach(() => rm(workspace, { recursive: true }));

const { signal } = new AbortController();
async function search(
  files: Record<string, string>,
  query: string,
  more: { path?: string; pattern?: string; max_results?: number } = {},
) {
  for (const [name, content] of Object.entries(files))
    await writeFile(join(workspace, name), content);
  const input = { query, path: ".", max_results: 50, ...more };
  const { matches, truncated } = await searchWorkspaceFiles(input, { workspace, signal });
  return { found: matches.map((match) => `${match.path}:${match.line} ${match.text}`), truncated };
}

const files = {
  "a.txt": "the wool\nof a llama\nLlama wool costs 4\n",
  "b.txt": "wool of the llama\nnothing\n",
};

describe("searchWorkspaceFiles", () => {
  it("gives the phrase first, then all words, then some, with path and line", async () => {
    expect(await search(files, "llama wool")).toEqual({
      found: [
        "a.txt:3 Llama wool costs 4",
        "b.txt:1 wool of the llama",
        "a.txt:1 the wool",
        "a.txt:2 of a llama",
      ],
      truncated: false,
    });
  });

  it("searches one file, or the files that match", async () => {
    expect((await search(files, "wool", { path: "b.txt" })).found).toEqual([
      "b.txt:1 wool of the llama",
    ]);
    expect((await search(files, "wool", { pattern: "a.*" })).found).toHaveLength(2);
  });

  it("keeps the best where there are more than asked for, and says so", async () => {
    expect(await search(files, "llama wool", { max_results: 1 })).toEqual({
      found: ["a.txt:3 Llama wool costs 4"],
      truncated: true,
    });
  });

  it("finds nothing where nothing is", async () => {
    expect(await search(files, "alpaca")).toEqual({ found: [], truncated: false });
  });

  it("passes over binary files", async () => {
    const { found } = await search({ ...files, "0.bin": "wool\0" }, "wool costs");
    expect(found[0]).toBe("a.txt:3 Llama wool costs 4");
  });

  it("shows of a long line the part around the hit", async () => {
    const line = `${"x".repeat(5000)}needle${"y".repeat(5000)}`;
    const { found } = await search({ "l.txt": line }, "needle");
    expect(found).toEqual([`l.txt:1 ${"x".repeat(200)}needle${"y".repeat(794)}`]);
  });
});
