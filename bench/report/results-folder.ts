import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { benchmarks } from "../rows/index.ts";
import { chart } from "./chart.ts";
import { machineLine } from "./describe-machine.ts";
import { formatted } from "./formatted.ts";
import { type ResultRow, Results } from "./results.ts";
import { table } from "./table.ts";

export const RESULTS_FOLDER = join(import.meta.dirname, "..", "results");

/** Undefined where nothing was measured yet. Throws where the file is not one of ours. */
export async function readResults(): Promise<Results | undefined> {
  const text = await readFile(join(RESULTS_FOLDER, "latest.json"), "utf8").catch(() => undefined);
  return text === undefined ? undefined : Results.parse(JSON.parse(text));
}

/** The new rows, and the earlier ones that were not measured again, in the order of the table. */
export function mergedRows(
  earlier: Results | undefined,
  measured: readonly ResultRow[],
): ResultRow[] {
  // One that is older still says of when it is, and of which state, where that is known.
  const kept =
    earlier?.rows.map((row) =>
      row.date === undefined ? { ...row, ...measuredAt(earlier) } : row,
    ) ?? [];
  const byId = new Map([...kept, ...measured].map((row) => [row.id, row]));
  return benchmarks.flatMap(({ rows }) => rows.flatMap(({ id }) => byId.get(id) ?? []));
}

const measuredAt = ({ date, commit }: Results): Pick<ResultRow, "date" | "commit"> => ({
  date,
  ...(commit === undefined ? {} : { commit }),
});

/** What `latest.md` and the page on performance show. */
export const resultsText = (results: Results): string =>
  `${machineLine(results)}\n\n${table(results.rows)}`;

export async function writeResults(results: Results): Promise<void> {
  for (const [name, text] of [
    ["latest.json", JSON.stringify(results)],
    ["latest.md", resultsText(results)],
  ] as const)
    await writeFile(join(RESULTS_FOLDER, name), await formatted(name, text));
  await writeFile(join(RESULTS_FOLDER, "chart.svg"), chart(results.rows));
}
