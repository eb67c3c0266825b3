/** `npm run bench:rival -- [--rounds 7] [--seconds 4] [--quick] [--check]` */
import { parseArgs } from "node:util";
import { cacheFolder } from "@llamaagent/testing/test-binaries/cache-folder";
import { resultRow } from "../report/result-row.ts";
import { installLanggraph } from "./install-langgraph.ts";
import { measureRivals } from "./measure-rivals.ts";
import { rivalTables, writeRivals } from "./report-rivals.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string" },
    seconds: { type: "string" },
    /** 2 rounds of 1 s, to see that all works; writes nothing. */
    quick: { type: "boolean", default: false },
    /** Exit 1 where a goal is missed. */
    check: { type: "boolean", default: false },
  },
});
const progress = (line: string): void => void process.stderr.write(`${line}\n`);
const figures = await measureRivals({
  langgraphFolder: await installLanggraph(cacheFolder(process.env), progress),
  rounds: Number(values.rounds ?? (values.quick ? 2 : 7)),
  seconds: Number(values.seconds ?? (values.quick ? 1 : 4)),
  progress,
});
process.stdout.write(rivalTables(figures));
if (!values.quick) await writeRivals(figures);
const missed = figures.rows.filter(({ row, measured }) => resultRow(row, measured).met === false);
for (const { row } of missed) progress(`${row.id} misses its goal`);
if (values.check && missed.length > 0) process.exitCode = 1;
