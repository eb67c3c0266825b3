import type { Environment } from "@llamaagent/core";
import type { Terminal } from "./terminal.ts";

export interface CliContext {
  env: Environment;
  terminal: Terminal;
  /** Aborted by Ctrl-C or SIGTERM. */
  signal: AbortSignal;
}
