import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { quantile } from "../measure/quartiles.ts";
import { describeMachine, machineLine, measuredCommit } from "../report/describe-machine.ts";
import { formatted } from "../report/formatted.ts";
import { writePerformancePage } from "../report/performance-page.ts";
import { resultRow } from "../report/result-row.ts";
import { RESULTS_FOLDER } from "../report/results-folder.ts";
import { figure, table } from "../report/table.ts";
import type { Speed } from "./ask-at-once.ts";
import type { ArmFigures, RivalFigures } from "./measure-rivals.ts";

interface Spread {
  value: number;
  low: number;
  high: number;
}

const NOTES = `CPU is that of servers and stores together, without the clients and the model; median and quartiles of the turns. \`node:http\` answers without any run behind it.

LangGraph.js's server tells whoever waits of a run's end by a time-out of 500 ms, whatever is set: at 50 at once that is what bounds its runs/s, and it has CPU left; with 400 at once it is busy. It keeps its runs in memory, and writes them to a file once nothing has changed for 3 s, so under load never. What was tried for its best setting stands in \`bench/rivals/langgraph/server.mjs\`.

At the kill all processes of a server die at once (kill -9), and not its Postgres and Redis, where it has any.
`;

/** What is printed: the arms, the ratios, and what the kills left. */
export function rivalTables({ arms, rows, kills }: RivalFigures): string {
  return [
    "| server | at once | runs/s | CPU ms a run | p50 ms | p99 ms | turns |",
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ...arms.map(armLine),
    "",
    table(rows.map(({ row, measured }) => resultRow(row, measured))),
    "| killed in mid-run, started again | acknowledged | have their answer | unknown to it | without an end | seconds to the last answer |",
    "| --- | ---: | ---: | ---: | ---: | ---: |",
    ...kills.map(
      ({ name, survival: s }) =>
        `| ${name} | ${s.acknowledged} | ${s.answered} | ${s.unknown} | ${s.withoutEnd} | ${s.answered === 0 ? "–" : figure(s.secondsToLastAnswer)} |`,
    ),
    "",
  ].join("\n");
}

/** `bench/results/rivals.json` and `.md`, and the same text in the page on performance. */
export async function writeRivals(figures: RivalFigures): Promise<void> {
  const described = {
    date: new Date().toISOString().slice(0, 10),
    ...(await measuredCommit()),
    machine: await describeMachine(),
  };
  const json = {
    ...described,
    rows: figures.rows.map(({ row, measured }) => resultRow(row, measured)),
    arms: figures.arms.map(({ name, atOnce, turns }) => ({
      name,
      at_once: atOnce,
      runs_per_second: spread(turns, "runsPerSecond"),
      cpu_ms_per_run: spread(turns, "cpuMsPerRun"),
      p50_ms: spread(turns, "p50Ms"),
      p99_ms: spread(turns, "p99Ms"),
      turns: turns.length,
    })),
    kills: figures.kills.map(({ name, survival }) => ({
      name,
      acknowledged: survival.acknowledged,
      answered: survival.answered,
      unknown: survival.unknown,
      without_end: survival.withoutEnd,
      seconds_to_last_answer: Number(survival.secondsToLastAnswer.toPrecision(3)),
    })),
  };
  const markdown = `${machineLine(described)}\n\n${rivalTables(figures)}\n${NOTES}`;
  for (const [name, text] of [
    ["rivals.json", JSON.stringify(json)],
    ["rivals.md", markdown],
  ] as const)
    await writeFile(join(RESULTS_FOLDER, name), await formatted(name, text));
  await writePerformancePage("rivals", markdown);
}

function armLine({ name, atOnce, turns }: ArmFigures): string {
  const cell = (key: keyof Speed): string => {
    const { value, low, high } = spread(turns, key);
    return `**${figure(value)}** (${figure(low)} – ${figure(high)})`;
  };
  return `| ${name} | ${atOnce} | ${cell("runsPerSecond")} | ${cell("cpuMsPerRun")} | ${cell("p50Ms")} | ${cell("p99Ms")} | ${turns.length} |`;
}

/** Median and quartiles. */
function spread(turns: readonly Speed[], key: keyof Speed): Spread {
  const at = (share: number): number =>
    Number(
      quantile(
        turns.map((turn) => turn[key]),
        share,
      ).toPrecision(4),
    );
  return { value: at(0.5), low: at(0.25), high: at(0.75) };
}
