import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";

export interface WalkArguments {
  /** Of one round. */
  seconds: number;
  /** Where fewer were sent, it is walked on for them, twice at most. */
  requests: number;
  seed: number;
  /** Of a running server; absent: one is started. */
  url: string | undefined;
}

export const HELP = `Sends random valid and broken requests, made from the OpenAPI document, to a server, and fails at an
answer of 500 or more and at one that the document does not describe.

Usage: npm run test:walk -- [options]

  --seconds N   how long (default 210)
  --requests N  where fewer were sent, walk on for them, twice at most (default 20000, with --seconds
                50 for each)
  --seed N      the same requests again, as far as the answers and the time are the same
  --url URL     a running server, without a key; it is left full of agents, runs and threads.
                Without it: an API and a worker on a Postgres and a Redis of their own
  --help        this text

Needs python3 (3.11 or later) with pip, and without --url what "npm run services -- fetch" puts there.
`;

/** Half of what two slow cores do: with fewer something held the walkers up, and they have seen too little. */
const REQUESTS_A_SECOND_MIN = 50;

/** What was asked; "help"; or throws with what is wrong. */
export function walkArguments(args: string[]): WalkArguments | "help" {
  const { values } = parseArgs({
    args,
    options: {
      seconds: { type: "string" },
      requests: { type: "string" },
      seed: { type: "string", default: String(randomInt(2 ** 32)) },
      url: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return "help";
  const seconds = wholeNumber("seconds", values.seconds ?? "210", 1);
  const least = values.seconds === undefined ? 20_000 : seconds * REQUESTS_A_SECOND_MIN;
  return {
    seconds,
    requests: wholeNumber("requests", values.requests ?? String(least), 0),
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
