import { parseArgs } from "node:util";
import type { Benchmark } from "./benchmark.ts";
import { benchmarks } from "./rows/index.ts";

export interface BenchArguments {
  chosen: readonly Benchmark[];
  rounds: number;
  seconds: number;
  profile: boolean;
  check: boolean;
  help: boolean;
}

const ROUNDS = 7;
const SECONDS = 4;

/** Enough to be kept and shown. */
export const isWhole = ({ rounds, seconds }: BenchArguments): boolean =>
  rounds >= ROUNDS && seconds >= SECONDS;

export const HELP = `What LlamaAgent costs beside bare building blocks, measured side by side on this machine.

Usage: npm run bench [-- options]

  --only ID,ID     some rows; the others keep what bench/results/latest.json says of them
  --rounds N       default ${ROUNDS}; both arms of a row are measured in each, in turns (A B, B A …)
  --seconds N      default ${SECONDS}; of each measurement
  --quick          2 rounds of 1 s, to see that all works
  --check          exit 1 where a row misses its goal
  --profile        writes flame graphs of api and worker under load to bench/results/profile/ instead
  --help           this text

Rows: ${benchmarks.flatMap(({ rows }) => rows.map(({ id }) => id)).join(", ")}.
Writes bench/results/latest.json, latest.md and chart.svg, and the table in docs/performance.md; with
fewer or shorter rounds than the default it prints its table and writes nothing.
Starts a Postgres (with fsync) and a Redis of its own: npm run services -- fetch, once, and
redis-server on the PATH. Let nothing else run meanwhile.
`;

/** The fault in words where the arguments cannot be used. */
export function benchArguments(args: readonly string[]): BenchArguments | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        only: { type: "string" },
        rounds: { type: "string" },
        seconds: { type: "string" },
        quick: { type: "boolean", default: false },
        profile: { type: "boolean", default: false },
        check: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    const { only, quick, profile, check, help } = values;
    return {
      chosen: only === undefined ? benchmarks : chosenByRow(only.split(",")),
      rounds: wholeNumber("--rounds", values.rounds ?? String(quick ? 2 : ROUNDS)),
      seconds: wholeNumber("--seconds", values.seconds ?? String(quick ? 1 : SECONDS)),
      profile,
      check,
      help,
    };
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}\n(--help shows how it is used)`;
  }
}

function chosenByRow(ids: readonly string[]): Benchmark[] {
  const hasRow = (benchmark: Benchmark, id: string) => benchmark.rows.some((row) => row.id === id);
  const unknown = ids.find((id) => !benchmarks.some((benchmark) => hasRow(benchmark, id)));
  if (unknown !== undefined) throw new Error(`--only: there is no row '${unknown}'`);
  return benchmarks.filter((benchmark) => ids.some((id) => hasRow(benchmark, id)));
}

function wholeNumber(name: string, text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text))
    throw new Error(`${name} is to be a whole number, not '${text}'`);
  return Number(text);
}
