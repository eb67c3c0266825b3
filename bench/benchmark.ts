import type { Rounds } from "./measure/alternate.ts";

/** What must be reached; `aim` is what we would like. */
export type Goal =
  | { atMost: number; aim?: number }
  | { atLeast: number; aim?: number }
  /** All figures are the same one. */
  | { constant: true };

export interface Row {
  id: string;
  /** One line: what is divided by what, or counted. */
  what: string;
  unit: string;
  /** Without one the figure is only reported. */
  goal?: Goal;
}

export interface Measured {
  /** One figure of each round; the row shows their median and quartiles. */
  perRound: number[];
  /** The absolute figures behind it, which mean something on one machine only. */
  detail: string;
}

/** One measurement that fills one row or a few. */
export interface Benchmark {
  rows: readonly Row[];
  /** By the id of the row. Starts its own services and leaves nothing behind. */
  measure(rounds: Rounds): Promise<Record<string, Measured>>;
}
