import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { repositoryRoot } from "@llamaagent/testing/server/running-server";
import { machineLine } from "./describe-machine.ts";
import { formatted } from "./formatted.ts";
import type { Results } from "./results.ts";
import { table } from "./table.ts";

const PAGE = join(repositoryRoot, "docs/performance.md");
const BEGIN = "<!-- results: written by npm run bench -->";
const END = "<!-- end of results -->";

/** Puts the results between the marks of the page; the rest of it is people's. */
export async function writePerformancePage(results: Results): Promise<void> {
  const page = await readFile(PAGE, "utf8");
  await writeFile(PAGE, await formatted("performance.md", withResults(page, results)));
}

export function withResults(page: string, results: Results): string {
  const [before, afterBegin] = page.split(BEGIN);
  const after = afterBegin?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`${PAGE} has lost its marks`);
  return `${before}${BEGIN}\n\n${machineLine(results)}\n\n${table(results.rows)}\n${END}${after}`;
}
