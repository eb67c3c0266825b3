import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { formatted } from "./formatted.ts";
import { PERFORMANCE_PAGE, withRegion } from "./performance-page.ts";
import { RESULTS_FOLDER } from "./results-folder.ts";

const BEGIN = "<!-- results: written by npm run bench -->";
const END = "<!-- end of results -->";
const RIVALS = "<!-- rivals: written by npm run bench:rival -->\nx\n<!-- end of rivals -->";

it("replaces what stands between the marks of a region, and nothing else", () => {
  const page = `before\n${BEGIN}\nold\n${END}\n${RIVALS}\nafter\n`;
  const once = withRegion(page, "results", "new\n");
  expect(once).toBe(`before\n${BEGIN}\n\nnew\n\n${END}\n${RIVALS}\nafter\n`);
  expect(withRegion(once, "results", "new\n")).toBe(once);
});

it("refuses a page without the marks", () => {
  expect(() => withRegion(`before ${END}`, "results", "new\n")).toThrow(
    "has lost its marks of results",
  );
});

it.each([
  { region: "results", file: "latest.md" },
  { region: "rivals", file: "rivals.md" },
] as const)("the page shows what bench/results/$file holds", async ({ region, file }) => {
  const page = await readFile(PERFORMANCE_PAGE, "utf8");
  const stored = await readFile(join(RESULTS_FOLDER, file), "utf8");
  expect(await formatted("performance.md", withRegion(page, region, stored))).toBe(page);
});
