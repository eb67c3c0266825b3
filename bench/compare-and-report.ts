import { loadavg } from "node:os";
import type { BenchArguments } from "./bench-arguments.ts";
import { describeMachine, measuredCommit } from "./report/describe-machine.ts";
import { writePerformancePage } from "./report/performance-page.ts";
import { resultRow } from "./report/result-row.ts";
import type { ResultRow } from "./report/results.ts";
import { mergedRows, readResults, resultsText, writeResults } from "./report/results-folder.ts";
import { table } from "./report/table.ts";
import { isWhole } from "./measurement-length.ts";

/** Measures what is asked for and reports it. Returns the ids of the rows that miss their goal. */
export async function compareAndReport(asked: BenchArguments): Promise<string[]> {
  const { rounds, seconds } = asked;
  const progress = (line: string): void => void process.stderr.write(`${line}\n`);
  const load = loadavg()[0] ?? 0;
  if (load > 0.5)
    progress(
      `other work runs on this machine (load ${load.toFixed(1)}): the figures will tell of it`,
    );
  // Before it takes half an hour, in which files may change.
  const measuredOf = await measuredCommit();
  const measured: ResultRow[] = [];
  for (const benchmark of asked.chosen) {
    progress(benchmark.rows.map(({ id }) => id).join(", "));
    const figures = await benchmark.measure({ rounds, seconds, progress });
    for (const row of benchmark.rows) measured.push(resultRow(row, figures[row.id]));
  }
  process.stdout.write(table(measured));
  const missed = measured.filter(({ met }) => met === false).map(({ id }) => id);
  for (const id of missed) progress(`${id} misses its goal`);
  if (!isWhole(asked)) return missed;

  const earlier = await readResults();
  const results = {
    date: new Date().toISOString().slice(0, 10),
    ...measuredOf,
    machine: await describeMachine(),
    rows: mergedRows(earlier, measured),
  };
  await writeResults(results);
  await writePerformancePage("results", resultsText(results));
  return missed;
}
