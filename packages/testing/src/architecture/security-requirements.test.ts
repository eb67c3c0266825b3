import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { REPOSITORY } from "./source-files.ts";

const page = readFileSync(join(REPOSITORY, "docs/security-requirements.md"), "utf8");
const tests = new Set([...page.matchAll(/`([^`]+\.test\.ts)`/g)].map(([, path]) => path ?? ""));

it("names tests that are there", () => {
  expect(tests.size).toBeGreaterThan(40);
  expect([...tests].filter((path) => !existsSync(join(REPOSITORY, path)))).toEqual([]);
});

it("says of each requirement what holds it, or that it is not built yet", () => {
  const rows = page.split("\n").filter((line) => /^\| (?:API)?\d/.test(line));
  expect(rows.length).toBeGreaterThan(70);
  // Rules that pages hold have no test of their own.
  const bare = rows.filter(
    (row) => !/\.test\.ts`|\*\*not built yet\*\*|\]\([\w-]+\.md|the same/.test(row),
  );
  expect(bare).toEqual([]);
});
