import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Benchmark } from "./benchmark.ts";
import { benchmarks } from "./rows/index.ts";
import {
  faultInWords,
  type Length,
  lengthOf,
  ROUNDS,
  SECONDS,
  sharedOptions,
} from "./measurement-length.ts";

export interface BenchArguments extends Length {
  chosen: readonly Benchmark[];
  profile: boolean;
  /** Folder of another checkout. */
  beside?: string | undefined;
  check: boolean;
  help: boolean;
}

export const HELP = `What LlamaAgent costs beside bare building blocks, measured side by side on this machine.

Usage: npm run bench [-- options]

  --only ID,ID     some rows; the others keep what bench/results/latest.json says of them
  --rounds N       default ${ROUNDS}; both arms of a row are measured in each, in turns (A B, B A …)
  --seconds N      default ${SECONDS}; of each measurement
  --quick          2 rounds of 1 s, to see that all works
  --check          exit 1 where a row misses its goal
  --profile        writes flame graphs of api and worker under load to bench/results/profile/ instead;
                   goes with --seconds and --quick only
  --beside FOLDER  a run's CPU here and in another checkout (with its packages installed, and the same
                   migrations), in turns; goes with --rounds, --seconds and --quick only
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
        ...sharedOptions,
        only: { type: "string" },
        profile: { type: "boolean", default: false },
        beside: { type: "string" },
      },
    });
    const { only, profile, beside, check, help } = values;
    const unheeded = (["only", "rounds", "check"] as const).find((name) => values[name]);
    if (profile && unheeded !== undefined)
      throw new Error(`--profile measures no rows, so --${unheeded} cannot go with it`);
    const unheededBeside = (["only", "profile", "check"] as const).find((name) => values[name]);
    if (beside !== undefined && unheededBeside !== undefined)
      throw new Error(`--beside measures no rows, so --${unheededBeside} cannot go with it`);
    if (beside !== undefined && !existsSync(join(beside, "node_modules/@llamaagent/cli")))
      throw new Error(`--beside: no checkout with its packages installed is in '${beside}'`);
    return {
      ...lengthOf(values),
      chosen: only === undefined ? benchmarks : chosenByRow(only.split(",")),
      profile,
      beside,
      check,
      help,
    };
  } catch (error) {
    return faultInWords(error);
  }
}

function chosenByRow(ids: readonly string[]): Benchmark[] {
  const hasRow = (benchmark: Benchmark, id: string) => benchmark.rows.some((row) => row.id === id);
  const unknown = ids.find((id) => !benchmarks.some((benchmark) => hasRow(benchmark, id)));
  if (unknown !== undefined) throw new Error(`--only: there is no row '${unknown}'`);
  return benchmarks.filter((benchmark) => ids.some((id) => hasRow(benchmark, id)));
}
