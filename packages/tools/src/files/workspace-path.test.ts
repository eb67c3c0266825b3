import { describe, expect, it } from "vitest";
import { isInside, pathSegments } from "./workspace-path.ts";

describe("pathSegments", () => {
  it.each([
    ["a.md", ["a.md"]],
    ["./docs//a.md", ["docs", "a.md"]],
    ["docs\\deep\\a.md", ["docs", "deep", "a.md"]],
    ["..hidden/a..b/...", ["..hidden", "a..b", "..."]],
    [".", []],
  ])("reads %s", (path, segments) => {
    expect(pathSegments(path)).toEqual(segments);
  });

  it.each([
    ["../a.md", "leaves the workspace"],
    ["docs/../../a.md", "leaves the workspace"],
    ["docs\\..\\..\\a.md", "leaves the workspace"],
    ["/etc/passwd", "is absolute"],
    ["\\\\server\\share", "is absolute"],
    ["C:\\a.md", "is absolute"],
    ["c:a.md", "is absolute"],
    ["a.md\0.txt", "NUL"],
  ])("refuses %j", (path, message) => {
    expect(() => pathSegments(path)).toThrow(message);
  });
});

describe("isInside", () => {
  it("takes the folder and what is below, not its neighbours", () => {
    expect(["/w", "/w/a", "/w/..a/b"].map((path) => isInside("/w", path))).toEqual([
      true,
      true,
      true,
    ]);
    expect(["/", "/w2", "/w2/a", "/v"].map((path) => isInside("/w", path))).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});
