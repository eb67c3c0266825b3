import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";

export interface WalkArguments {
  seconds: number;
  seed: number;
  /** Of a running server; absent: one is started. */
  url: string | undefined;
}

export const HELP = `Sends random valid and broken requests, made from the OpenAPI document, to a server, and fails at an
answer of 500 or more and at one that the document does not describe.

Usage: npm run test:walk -- [options]

  --seconds N   how long (default 210: 20,000 requests on two slow cores)
  --seed N      the same requests again, as far as the answers and the time are the same
  --url URL     a running server, without a key; it is left full of agents, runs and threads.
                Without it: an API and a worker on a Postgres and a Redis of their own
  --help        this text

Needs python3 (3.11 or later) with pip, and without --url what "npm run services -- fetch" puts there.
`;

/** What was asked; "help"; or throws with what is wrong. */
export function walkArguments(args: string[]): WalkArguments | "help" {
  const { values } = parseArgs({
    args,
    options: {
      seconds: { type: "string", default: "210" },
      seed: { type: "string", default: String(randomInt(2 ** 32)) },
      url: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return "help";
  return {
    seconds: wholeNumber("seconds", values.seconds, 1),
    seed: wholeNumber("seed", values.seed, 0),
    url: values.url,
  };
}

function wholeNumber(name: string, text: string, min: number): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < min)
    throw new Error(`--${name} must be a whole number of at least ${min}, not '${text}'`);
  return value;
}
