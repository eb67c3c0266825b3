/** How much is measured. */
export interface Length {
  rounds: number;
  /** Of each measurement. */
  seconds: number;
}

export const ROUNDS = 7;
export const SECONDS = 4;

/** Enough to be kept and shown. */
export const isWhole = ({ rounds, seconds }: Length): boolean =>
  rounds >= ROUNDS && seconds >= SECONDS;

/** For `parseArgs`: what `npm run bench` and `npm run bench:rival` both take. */
export const sharedOptions = {
  rounds: { type: "string" },
  seconds: { type: "string" },
  quick: { type: "boolean", default: false },
  check: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

export function lengthOf(values: {
  rounds?: string | undefined;
  seconds?: string | undefined;
  quick: boolean;
}): Length {
  const { rounds, seconds, quick } = values;
  return {
    rounds: wholeNumber("--rounds", rounds ?? String(quick ? 2 : ROUNDS)),
    seconds: wholeNumber("--seconds", seconds ?? String(quick ? 1 : SECONDS)),
  };
}

/** What whoever gave arguments that cannot be used is told. */
export function faultInWords(error: unknown): string {
  return `${error instanceof Error ? error.message : String(error)}\n(--help shows how it is used)`;
}

function wholeNumber(name: string, text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text))
    throw new Error(`${name} is to be a whole number from 1 on, not '${text}'`);
  return Number(text);
}
