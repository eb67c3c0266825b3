import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readWorkspaceFile } from "./read-file.ts";

let workspace: string;
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), "read-"));
});
afterEach(() => rm(workspace, { recursive: true }));

const { signal } = new AbortController();
async function read(
  content: string | Uint8Array,
  range: { start_line?: number; end_line?: number } = {},
) {
  await writeFile(join(workspace, "f"), content);
  return readWorkspaceFile({ path: "f", ...range }, { workspace, signal });
}

describe("readWorkspaceFile", () => {
  it.each([
    ["a\nb\n", "a\nb", 2],
    ["a\nb", "a\nb", 2],
    ["a\r\nb\r\n", "a\nb", 2],
    ["\n\n", "\n", 2],
    ["\uFEFFa", "a", 1],
    ["", "", 0],
  ])("reads %j", async (content, text, total) => {
    expect(await read(content)).toEqual({
      path: "f",
      start_line: 1,
      end_line: total,
      total_lines: total,
      text,
      truncated: false,
    });
  });

  it("reads the lines asked for, and as many as there are", async () => {
    const content = "1\n2\n3\n4\n5\n";
    expect(await read(content, { start_line: 2, end_line: 3 })).toMatchObject({
      text: "2\n3",
      start_line: 2,
      end_line: 3,
      total_lines: 5,
    });
    expect(await read(content, { start_line: 4, end_line: 99 })).toMatchObject({
      text: "4\n5",
      end_line: 5,
      truncated: false,
    });
    await expect(read(content, { start_line: 6 })).rejects.toThrow("'f' has only 5 lines");
  });

  it("cuts at a line after 256 KiB, and reads on from there without a gap", async () => {
    const line = "x".repeat(1023);
    const content = `${line}\n`.repeat(300);
    const first = await read(content);
    expect(first).toMatchObject({ end_line: 256, total_lines: 300, truncated: true });
    expect(first.text).toHaveLength(256 * 1024 - 1);
    const rest = await read(content, { start_line: 257 });
    expect(rest).toMatchObject({ end_line: 300, truncated: false });
    expect(`${first.text}\n${rest.text}\n`).toBe(content);
  });

  it("cuts a line longer than 256 KiB, between characters", async () => {
    const answer = await read(`${"é".repeat(200_000)}\nb`);
    expect(answer).toMatchObject({ end_line: 1, total_lines: 2, truncated: true });
    expect(answer.text).toBe("é".repeat(131_072));
  });

  it("keeps characters and line ends whole that lie across two chunks", async () => {
    const content = `${"x".repeat(64 * 1024 - 1)}é${"y".repeat(64 * 1024 - 2)}\r\nz`;
    expect((await read(content)).text).toBe(content.replace("\r", ""));
  });

  it.each([
    ["a NUL", Buffer.from("a\0b")],
    ["no UTF-8", Buffer.from([0x61, 0xff, 0x62])],
    ["a character cut off", Buffer.from([0x61, 0xc3])],
    ["UTF-16", Buffer.from("text", "utf16le")],
  ])("says of a file with %s that it is binary", async (_name, content) => {
    await expect(read(content)).rejects.toThrow("'f' is a binary file");
  });

  it("stops with the signal's reason", async () => {
    await writeFile(join(workspace, "f"), "a");
    const reason = new Error("enough");
    const context = { workspace, signal: AbortSignal.abort(reason) };
    await expect(readWorkspaceFile({ path: "f" }, context)).rejects.toBe(reason);
  });
});
