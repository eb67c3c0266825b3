import { expect, it } from "vitest";
import { withResults } from "./performance-page.ts";

const results = {
  date: "2026-11-25",
  machine: { cores: 2, cpu: "A CPU", memory_gib: 8, versions: { node: "24.0.0" } },
  rows: [],
};
const BEGIN = "<!-- results: written by npm run bench -->";
const END = "<!-- end of results -->";

it("replaces what stands between the marks, and nothing else", () => {
  const page = `before\n${BEGIN}\nold\n${END}\nafter\n`;
  const once = withResults(page, results);
  expect(once).toMatch(/^before\n/);
  expect(once).toMatch(/\nafter\n$/);
  expect(once).not.toContain("old");
  expect(once).toContain("Measured on 2026-11-25: 2 cores (A CPU), 8 GiB of memory, node 24.0.0.");
  expect(withResults(once, results)).toBe(once);
});

it("refuses a page without its marks", () => {
  expect(() => withResults(`before ${END}`, results)).toThrow("has lost its marks");
});
