import { cacheFolder } from "@llamaagent/testing/test-binaries/cache-folder";
import { resultRow } from "../report/result-row.ts";
import { isWhole } from "../measurement-length.ts";
import { installLanggraph } from "./install-langgraph.ts";
import { measureRivals } from "./measure-rivals.ts";
import { rivalTables, writeRivals } from "./report-rivals.ts";
import { HELP, type RivalArguments, rivalArguments } from "./rival-arguments.ts";

async function compare(asked: RivalArguments): Promise<void> {
  const { rounds, seconds, check } = asked;
  const progress = (line: string): void => void process.stderr.write(`${line}\n`);
  const langgraphFolder = await installLanggraph(cacheFolder(process.env), progress);
  const figures = await measureRivals({ langgraphFolder, rounds, seconds, progress });
  process.stdout.write(rivalTables(figures));
  if (isWhole(asked)) await writeRivals(figures);
  const missed = figures.rows.filter(({ row, measured }) => resultRow(row, measured).met === false);
  for (const { row } of missed) progress(`${row.id} misses its goal`);
  if (check && missed.length > 0) process.exitCode = 1;
}

const asked = rivalArguments(process.argv.slice(2));
if (typeof asked === "string") {
  process.stderr.write(`${asked}\n`);
  process.exitCode = 2;
} else if (asked.help) process.stdout.write(HELP);
else await compare(asked);
