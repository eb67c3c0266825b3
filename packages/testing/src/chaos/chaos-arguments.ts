import { parseArgs } from "node:util";
import { testSeed } from "../durability/seeded-random.ts";
import type { Chaos, Experiment } from "./experiment.ts";

export interface ChaosArguments {
  chosen: readonly Experiment[];
  form: Chaos["form"];
  repeat: number;
  seed: number;
  /** File for the results as JSON. */
  json?: string;
  help: boolean;
}

/** What `--help` prints. */
export const helpText = (
  experiments: readonly Experiment[],
): string => `Kills, freezes and cuts real processes, and checks what runs are promised.

Usage: npm run test:chaos [-- options]

  --long        the full numbers, some 25 minutes; else a short form of at most 8 minutes
  --only N,N    some experiments, by their numbers below
  --repeat N    all of it so many times
  --seed N      repeats the random choices of a run that printed it (also TEST_SEED)
  --json FILE   the results as JSON
  --help        this text

Starts servers and stores of its own: npm run services -- fetch, once, redis-server on the PATH, and
for experiment 14 the Debian package faketime.

Experiments:
${experiments.map(({ number, name }) => `  ${String(number).padStart(2)}  ${name}`).join("\n")}
`;

/** The fault in words where the arguments cannot be used. */
export function chaosArguments(
  args: readonly string[],
  experiments: readonly Experiment[],
): ChaosArguments | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        long: { type: "boolean", default: false },
        only: { type: "string" },
        repeat: { type: "string", default: "1" },
        seed: { type: "string" },
        json: { type: "string" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    const { only, json } = values;
    return {
      chosen: only === undefined ? experiments : only.split(",").map((n) => find(experiments, n)),
      form: values.long ? "long" : "short",
      repeat: wholeNumber("--repeat", values.repeat, 1),
      seed: values.seed === undefined ? testSeed() : wholeNumber("--seed", values.seed, 0),
      ...(json === undefined ? {} : { json }),
      help: values.help,
    };
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}\n(--help shows how it is used)`;
  }
}

function find(experiments: readonly Experiment[], number: string): Experiment {
  const found = experiments.find((experiment) => String(experiment.number) === number);
  if (found === undefined) throw new Error(`--only: there is no experiment '${number}'`);
  return found;
}

function wholeNumber(name: string, text: string, from: number): number {
  if (!/^\d{1,10}$/.test(text) || Number(text) < from)
    throw new Error(`${name} is to be a whole number from ${from} on, not '${text}'`);
  return Number(text);
}
