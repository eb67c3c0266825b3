import type { Series } from "./metrics/series.ts";
import type { Judgement } from "./metrics/threshold.ts";

/** k6's exit codes: https://pkg.go.dev/go.k6.io/k6/errext/exitcodes */
export const EXIT = {
  passed: 0,
  thresholdsFailed: 99,
  invalidOptions: 104,
  scriptFault: 107,
  abortedByScript: 108,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export interface ScriptResult {
  exitCode: ExitCode;
  judgements: readonly Judgement[];
  /** By the check's name. */
  checks: ReadonlyMap<string, { passed: number; failed: number }>;
  series: readonly Series[];
  iterations: { complete: number; interrupted: number };
  /** How long the load lasted, with the end of its last iterations. */
  seconds: number;
  /** What the script threw, and how often. */
  faults: ReadonlyMap<string, number>;
}

/** A script that cannot be run as it is. */
export class ScriptRefused extends Error {
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
