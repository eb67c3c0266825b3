export const EXIT = {
  done: 0,
  /** The run, a check or the command failed. */
  failed: 1,
  /** Arguments that cannot be used. */
  usage: 2,
  /** The run waits for a person. */
  waiting: 3,
  /** Ctrl-C, as shells count it: 128 + SIGINT. */
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Shown to the user as it is, without a stack. */
export class CliError extends Error {
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = EXIT.failed, options?: ErrorOptions) {
    super(message, options);
    this.name = "CliError";
    this.exitCode = exitCode;
  }
}
