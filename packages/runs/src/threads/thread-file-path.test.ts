import { describe, expect, it } from "vitest";
import { threadFilePath } from "./thread-file-path.ts";

describe("threadFilePath", () => {
  it.each([
    ["a.txt", "a.txt"],
    ["a/b/c", "a/b/c"],
    ["./a//b/./c", "a/b/c"],
    ["...", "..."],
    ["..a/b..", "..a/b.."],
    [".env", ".env"],
    ["日本 語/é.md", "日本 語/é.md"],
    ["e\u0301", "\u00e9"],
    ["a".repeat(255), "a".repeat(255)],
  ])("takes %j as %j", (given, kept) => {
    expect(threadFilePath(given)).toBe(kept);
  });

  it.each([
    ["", "is empty"],
    [".", "is empty"],
    ["..", "must not hold '..'"],
    ["a/../b", "must not hold '..'"],
    ["/a", "must be relative"],
    ["a/", "names a folder"],
    ["a\\b", "holds a control character or a backslash"],
    ["a\u0000", "holds a control character or a backslash"],
    ["a\u007f", "holds a control character or a backslash"],
    ["a\ud800", "is not valid Unicode"],
    ["é".repeat(128), "holds a name longer than 255 bytes"],
    ["a/".repeat(256) + "b", "is longer than 512 characters"],
  ])("refuses %j: it %s", (given, message) => {
    expect(() => threadFilePath(given)).toThrow(
      expect.objectContaining({
        code: "invalid_request",
        errors: [{ pointer: "/path/path", message }],
      }),
    );
  });
});
