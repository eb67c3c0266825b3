import { codePassages } from "./code-passages.ts";
import { isNextLine, type Line, type Passage } from "./passage.ts";
import { prosePassages } from "./prose-passages.ts";
import { tablePassages } from "./table-passages.ts";

const PROSE = new Set(["", "md", "markdown", "mdx", "txt", "text", "rst", "adoc", "org", "tex"]);
const TABLE = new Set(["csv", "tsv"]);

/** The passages of what was read of a file; gaps between the lines separate blocks. */
export function filePassages(path: string, lines: readonly Line[]): Passage[] {
  const ending = /\.([^./\\]+)$/.exec(path)?.[1]?.toLowerCase() ?? "";
  if (TABLE.has(ending)) return tablePassages(path, lines);
  const split = PROSE.has(ending) ? prosePassages : codePassages;
  return runsOf(lines).flatMap((run) => split(path, run));
}

function runsOf(lines: readonly Line[]): Line[][] {
  const runs: Line[][] = [];
  for (const line of lines) {
    const run = runs.at(-1);
    if (run && isNextLine(run.at(-1), line)) run.push(line);
    else runs.push([line]);
  }
  return runs;
}
