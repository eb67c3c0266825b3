import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { repositoryRoot } from "@llamaagent/testing/server/running-server";
import { formatted } from "./formatted.ts";

export const PERFORMANCE_PAGE = join(repositoryRoot, "docs/performance.md");

/** Each is written by its command; the rest of the page is people's. */
const MARKS = {
  results: ["<!-- results: written by npm run bench -->", "<!-- end of results -->"],
  rivals: ["<!-- rivals: written by npm run bench:rival -->", "<!-- end of rivals -->"],
} as const;
type Region = keyof typeof MARKS;

export async function writePerformancePage(region: Region, text: string): Promise<void> {
  const page = await readFile(PERFORMANCE_PAGE, "utf8");
  await writeFile(
    PERFORMANCE_PAGE,
    await formatted("performance.md", withRegion(page, region, text)),
  );
}

export function withRegion(page: string, region: Region, text: string): string {
  const [begin, end] = MARKS[region];
  const [before, afterBegin] = page.split(begin);
  const after = afterBegin?.split(end)[1];
  if (before === undefined || after === undefined)
    throw new Error(`${PERFORMANCE_PAGE} has lost its marks of ${region}`);
  return `${before}${begin}\n\n${text}\n${end}${after}`;
}
