import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { REPOSITORY } from "@llamaagent/testing/architecture/source-files";
import { expect, it } from "vitest";
import { PROMISES } from "./promises.ts";

/** The first three cells of every row of the table headed `| # |`, as they read without marks. */
function promisesOfPage(page: string): string[][] {
  const lines = page.split("\n");
  const rows = lines.slice(lines.findIndex((line) => /^\| # +\|/.test(line)) + 2);
  const end = rows.findIndex((line) => !line.startsWith("|"));
  return rows.slice(0, end).map((row) =>
    row
      .replaceAll("`", "")
      .split("|")
      .slice(1, 4)
      .map((cell) => cell.trim()),
  );
}

const page = readFileSync(join(REPOSITORY, "docs/durability.md"), "utf8");

it("docs/durability.md promises what doctor judges, in the same words", () => {
  expect(promisesOfPage(page)).toEqual(
    PROMISES.map(({ number, promise, bound }) => [String(number), promise, bound]),
  );
});

it("docs/durability.md names tests that exist", () => {
  const named = [...page.matchAll(/`([a-z-]+(?:\.int)?\.test\.ts)`/g)].map(([, name]) => name);
  const tests = globSync("{packages,apps}/*/src/**/*.test.ts", { cwd: REPOSITORY });
  expect(named.length).toBeGreaterThan(3);
  expect(tests.map((path) => basename(path))).toEqual(expect.arrayContaining(named));
});
