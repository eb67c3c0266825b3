import type { CliContext } from "./cli-context.ts";
import type { ExitCode } from "./cli-error.ts";

/** What commands are added with. */
export interface CommandHost {
  context: CliContext;
  onExit: (code: ExitCode) => void;
}
