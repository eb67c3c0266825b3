import { parseArgs } from "node:util";
import {
  faultInWords,
  type Length,
  lengthOf,
  ROUNDS,
  SECONDS,
  sharedOptions,
} from "../measurement-length.ts";

export interface RivalArguments extends Length {
  check: boolean;
  help: boolean;
}

export const HELP = `LangGraph.js's server and LlamaAgent on one fake model, in turns; then both are killed in mid-run.

Usage: npm run bench:rival [-- options]

  --rounds N       default ${ROUNDS}; each turn of ours stands between two of the rival's
  --seconds N      default ${SECONDS}; of each turn
  --quick          2 rounds of 1 s, to see that all works
  --check          exit 1 where a row misses its goal
  --help           this text

Writes bench/results/rivals.json, rivals.md and the tables in docs/performance.md; with fewer or
shorter rounds than the default it prints its tables and writes nothing.
Installs LangGraph.js's server (140 MB), once. Starts a Postgres (with fsync) and a Redis of its own:
npm run services -- fetch, once, and redis-server on the PATH. Let nothing else run meanwhile.
`;

/** The fault in words where the arguments cannot be used. */
export function rivalArguments(args: readonly string[]): RivalArguments | string {
  try {
    const { values } = parseArgs({ args: [...args], options: sharedOptions });
    const { check, help } = values;
    return { ...lengthOf(values), check, help };
  } catch (error) {
    return faultInWords(error);
  }
}
