import { describe, expect, it } from "vitest";
import { matchesWildcard } from "./wildcard.ts";

describe("matchesWildcard", () => {
  it.each([
    ["docs/deep/a.md", "*.md"],
    ["docs/deep/a.md", "a.??"],
    ["docs/a.md", "docs/*.md"],
    ["docs/a.md", "./docs/*.md"],
    ["docs/a.md", "docs\\*.md"],
    ["a.md", "**/*.md"],
    ["x/y/z/a.md", "x/**/a.md"],
    ["x/a.md", "x/**/a.md"],
    ["x/y/z", "x/**"],
    ["README.MD", "readme.md"],
    ["aab", "a*ab"],
    ["🦙.md", "?.md"],
  ])("finds %s by %s", (path, pattern) => {
    expect(matchesWildcard(path, pattern)).toBe(true);
  });

  it.each([
    ["a.mdx", "*.md"],
    ["docs/deep/a.md", "docs/*.md"],
    ["docs/a.md", "doc/**"],
    ["axmd", "a.md"],
    ["a", ""],
    ["ab", "a?b"],
  ])("does not find %s by %s", (path, pattern) => {
    expect(matchesWildcard(path, pattern)).toBe(false);
  });

  it("ends soon on a pattern that makes a regular expression go back for years", () => {
    const pattern = `${"*a".repeat(99)}b`;
    expect(matchesWildcard("a".repeat(1000), pattern)).toBe(false);
    expect(matchesWildcard(Array(500).fill("a").join("/"), `${"**/a/".repeat(40)}b`)).toBe(false);
  });
});
