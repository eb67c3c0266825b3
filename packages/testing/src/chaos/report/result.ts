import type { Figure } from "../experiment.ts";

/** Of one experiment. */
export interface Result {
  number: number;
  name: string;
  /** Acknowledged ones. */
  runs: number;
  succeeded: number;
  /** So many had to succeed. */
  atLeast: number;
  figures: Figure[];
  /** What was wrong, in words. */
  faults: string[];
  seconds: number;
}

const isWithin = ({ measured, atMost = Infinity, atLeast = -Infinity }: Figure): boolean =>
  measured <= atMost && measured >= atLeast;

/** All that speaks against an experiment; empty where it held. */
export function failures({ succeeded, runs, atLeast, figures, faults }: Result): string[] {
  return [
    ...faults,
    ...(succeeded < atLeast ? [`${succeeded} runs succeeded, not ${atLeast}`] : []),
    ...(runs === 0 || succeeded === 0 ? ["no run succeeded"] : []),
    ...figures
      .filter((figure) => !isWithin(figure))
      .map((figure) => `out of bounds: ${formatFigure(figure)}`),
  ];
}

export function formatFigure({ what, measured, unit, atMost, atLeast }: Figure): string {
  const inUnit = (value: number): string => {
    const rounded = Number.isInteger(value) ? value : Number(value.toPrecision(3));
    return `${rounded}${unit === undefined ? "" : ` ${unit}`}`;
  };
  const bound = boundOf(atLeast, atMost, inUnit);
  return `${what}${bound === "" ? "" : ` ${bound}`}: ${inUnit(measured)}`;
}

function boundOf(
  atLeast: number | undefined,
  atMost: number | undefined,
  inUnit: (value: number) => string,
): string {
  if (atMost === undefined) return atLeast === undefined ? "" : `≥${inUnit(atLeast)}`;
  if (atLeast === undefined) return `≤${inUnit(atMost)}`;
  return atLeast === atMost ? `=${inUnit(atMost)}` : `${inUnit(atLeast)}…${inUnit(atMost)}`;
}
